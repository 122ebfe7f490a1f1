"""Changes settings. The caller has checked the permission, which belongs to accounts, a layer above."""

from dataclasses import asdict
from typing import Any

from flask import g
from sqlalchemy import delete

from masthead import audit
from masthead.audit.recording import Actor
from masthead.db import db, insert_unique
from masthead.errors import Invalid
from masthead.settings.models import Setting
from masthead.settings.publication import NAMES, check_names
from masthead.settings.queries import publication
from masthead.text.names import tidy_name

#: The log names the changed setting; backups hold whole texts.
RECORDED_CHARACTERS = 200


def change(by: Actor | None = None, /, **values: Any) -> None:
    """Store the given settings, none of which is a secret, and record the changed ones."""
    unknown = values.keys() - NAMES
    if unknown:
        raise TypeError(f"There are no settings called {', '.join(sorted(unknown))}.")
    values = {key: _tidied(key, value) for key, value in values.items()}
    check_title(values.get("title"))
    before = {key: _recorded(value) for key, value in asdict(publication()).items()}
    for key, value in values.items():
        put(key, value)
    g.pop("publication", None)
    after = {key: _recorded(value) for key, value in values.items()}
    changes: dict[str, Any] = {
        key: _shortened({"before": before[key], "after": after[key]})
        for key in values
        if before[key] != after[key]
    }
    if changes:
        audit.record("settings.changed", by=by, **changes)


def check_title(title: str | None) -> None:
    """Raise `Invalid` for a title without a visible letter; None leaves the title unchanged."""
    if title is not None and not tidy_name(title):
        raise Invalid("Give the publication a title.", field="title")


def _tidied(key: str, value: Any) -> Any:
    """Return the value; a name, which appears in titles, emails and feeds, on one line without hidden characters."""
    if key in {"title", "tagline"} and isinstance(value, str):
        return tidy_name(value)
    if key == "blocking_checks":
        return ", ".join(check_names(value))
    if key == "navigation":
        return [link | {"label": tidy_name(link["label"])} for link in value]
    return value


def _recorded(value: Any) -> str:
    """Return the value as the log shows it."""
    if isinstance(value, list | tuple):
        return ", ".join(f"{link['label']} ({link['path']})" for link in value)
    return str(value)


def _shortened(pair: dict[str, str]) -> dict[str, str]:
    cut = RECORDED_CHARACTERS
    return {when: text if len(text) <= cut else f"{text[:cut]}…" for when, text in pair.items()}


def put(key: str, value: Any) -> None:
    """Store one value; two concurrent first writes both succeed."""
    row = db.session.get(Setting, key, with_for_update=True)
    if row is None:
        if insert_unique(Setting, Setting.key, key, value=value):
            return
        row = db.session.get_one(Setting, key, with_for_update=True)
    row.value = value
    db.session.flush()


def put_first(key: str, value: Any) -> None:
    """Store one value that never changes; the first of several concurrent writes wins."""
    if insert_unique(Setting, Setting.key, key, value=value):
        g.pop("publication", None)


def take(key: str, expected: object) -> bool:
    """Delete a setting if it still has the expected value; one of several concurrent calls succeeds."""
    row = db.session.get(Setting, key, with_for_update=True)
    if row is None or row.value != expected:
        return False
    removed = db.session.scalars(delete(Setting).where(Setting.key == key).returning(Setting.key)).first()
    return removed is not None
