"""Actions on post templates and snippets. Editors change them; every writer may copy one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from masthead import audit
from masthead.content.errors import StaleVersion
from masthead.content.rendering import TITLE_CHARACTERS
from masthead.db import db, insert_unique
from masthead.errors import Conflict, Invalid, Mistakes, NotAllowed
from masthead.media import usage as media_usage
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.presets.models import KEY_CHARACTERS, NAME_CHARACTERS, P, PostTemplate, Preset
from masthead.tags import actions as tags
from masthead.text.names import name_key, tidy_name, tidy_title


def create(model: type[P], fields: Mapping[str, Any], *, by: User) -> P:
    """Create a template or snippet; raises `Invalid`, and `Conflict` if the name is in use."""
    _check_right(by)
    values = _checked(model, {"name": "", "body": "", **fields})
    key = values.pop("key")
    if model is PostTemplate:
        values = {"title": "", "tags": [], **values}
    if not insert_unique(model, model.key, key, **values):
        raise _taken(model)
    audit.record(f"{model.EVENTS}.created", by=by, subject=values["name"])
    made = db.session.scalars(select(model).where(model.key == key)).one()
    media_usage.note(model.EVENTS, made.id, [made.body], is_public=True)
    return made


def change(preset: Preset, fields: Mapping[str, Any], *, by: User, expected_version: int | None) -> None:
    """Change the given fields; raises `StaleVersion` if somebody else changed it since the page or answer was made."""
    _check_right(by)
    _check_version(preset, expected_version)
    values = _checked(type(preset), fields)
    changed = {name: value for name, value in values.items() if value != getattr(preset, name)}
    if not changed:
        return
    try:
        with db.session.begin_nested():
            for name, value in changed.items():
                setattr(preset, name, value)
            preset.version += 1
    except IntegrityError:
        raise _taken(type(preset)) from None
    audit.record(f"{preset.EVENTS}.edited", by=by, subject=preset.name)


def delete(preset: Preset, *, by: User, expected_version: int | None) -> None:
    """Delete it; posts that began with it, or hold a copy, stay as they are."""
    _check_right(by)
    _check_version(preset, expected_version)
    audit.record(f"{preset.EVENTS}.deleted", by=by, subject=preset.name)
    db.session.delete(preset)


def validate(model: type[Preset], said: Mapping[str, Any], present: Preset | None) -> tuple[Invalid, ...]:
    """Return every mistake in the submitted fields; omitted ones are not checked."""
    mistakes = Mistakes()
    for name in said:
        with mistakes:
            _checked(model, {name: said[name]})
    with mistakes:
        _check_free(model, said.get("name") or "", present)
    return mistakes.found


def _check_free(model: type[Preset], name: str, present: Preset | None) -> None:
    other = db.session.scalar(select(model.id).where(model.key == name_key(tidy_name(name))))
    if other is not None and (present is None or other != present.id):
        raise Invalid(_taken(model).message, field="name")


def _taken(model: type[Preset]) -> Conflict:
    return Conflict(f"There is a {model.KIND} with this name already. Choose another name.")


def _check_version(preset: Preset, expected: int | None) -> None:
    if expected is not None and expected != preset.version:
        raise StaleVersion(kind=preset.KIND, expected=expected, actual=preset.version)


def _check_right(by: User) -> None:
    if not by.can(Permission.EDIT_POSTS):
        raise NotAllowed("Only editors change post templates and snippets.")


def _checked(model: type[Preset], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as columns; raises `Invalid` for everything that is wrong with them."""
    mistakes = Mistakes()
    values: dict[str, Any] = {}
    if "name" in fields:
        with mistakes:
            values |= _named(model, fields["name"])
    if "body" in fields:
        with mistakes:
            values["body"] = _checked_body(model, fields["body"])
    if "title" in fields:
        values["title"] = tidy_title(fields["title"])
        if len(values["title"]) > TITLE_CHARACTERS:
            mistakes.add(Invalid(f"A title has at most {TITLE_CHARACTERS} characters.", field="title"))
    if "tags" in fields:
        with mistakes:
            tags.check_commas(fields["tags"], field="tags")
            values["tags"] = list(tags.distinct(fields["tags"]))
    mistakes.settle()
    return values


def _named(model: type[Preset], name: str) -> dict[str, str]:
    tidy = tidy_name(name)
    key = name_key(tidy)
    if not key:
        raise Invalid(f"Give the {model.KIND} a name.", field="name")
    if len(tidy) > NAME_CHARACTERS or len(key) > KEY_CHARACTERS:
        raise Invalid(f"A name has at most {NAME_CHARACTERS} characters.", field="name")
    return {"name": tidy, "key": key}


def _checked_body(model: type[Preset], body: str) -> str:
    text = body.replace("\r\n", "\n")
    if len(text) > model.BODY_CHARACTERS:
        raise Invalid(f"The content has at most {model.BODY_CHARACTERS} characters.", field="body")
    if model is not PostTemplate and not text.strip():
        raise Invalid("Write the text that the snippet inserts.", field="body")
    return text
