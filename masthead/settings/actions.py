"""Changing the settings. Whoever calls has checked the permission, which belongs to accounts, a floor above."""

from typing import Any

from flask import g
from sqlalchemy import delete, update

from masthead import pagecache
from masthead.db import claim, db
from masthead.settings.models import Setting
from masthead.settings.queries import NAMES


def change(**values: Any) -> None:
    """Store the given settings of the publication."""
    unknown = values.keys() - NAMES
    if unknown:
        raise TypeError(f"There are no settings called {', '.join(sorted(unknown))}.")
    for key, value in values.items():
        put(key, value)
    g.pop("publication", None)


def put(key: str, value: Any) -> None:
    """Store one value; of two people who set it for the first time at once, neither fails."""
    _note(key)
    if not claim(Setting, Setting.key, key, value=value):
        db.session.execute(update(Setting).where(Setting.key == key).values(value=value))


def take(key: str, expected: object) -> bool:
    """Remove a setting if it still has the expected value; of many that try at once, one succeeds."""
    _note(key)
    row = db.session.get(Setting, key, with_for_update=True)
    if row is None or row.value != expected:
        return False
    removed = db.session.scalars(delete(Setting).where(Setting.key == key).returning(Setting.key)).first()
    return removed is not None


def _note(key: str) -> None:
    """Tell the page cache; settings that are not part of the publication stand on no page."""
    (pagecache.changed if key in NAMES else pagecache.considered)("settings")
