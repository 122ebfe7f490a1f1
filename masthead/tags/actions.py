"""Actions on tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from masthead.db import db, insert_unique
from masthead.errors import Conflict, Invalid, Mistakes, NotAllowed
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.tags import queries
from masthead.tags.models import KEY_CHARACTERS, NAME_CHARACTERS, TAGS_LIMIT, Tag
from masthead.text.names import name_key
from masthead.text.slugs import slugify
from masthead.unset import UNSET, Unset, chosen

#: Below the smaller parameter limit of the two databases.
AT_ONCE = 500

TAKEN = "There is a tag with this name already. Choose another name."
GONE = (
    "Somebody else has merged or deleted this tag in the meantime. Open the list of tags to see what is left."
)


def parse(text: str) -> tuple[str, ...]:
    """Return the names in a comma-separated list, without duplicates, in order."""
    return distinct(text.split(","))


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without duplicates and surplus spaces; raises `Invalid` for too many or too long ones."""
    found: dict[str, str] = {}
    for name in names:
        cleaned = queries.tidy(name)
        if cleaned:
            found.setdefault(name_key(cleaned), cleaned)
    if len(found) > TAGS_LIMIT:
        raise Invalid(f"A post has at most {TAGS_LIMIT} tags.", field="tags")
    # One character can fold to a whole phrase in the key.
    too_long = next(
        (name for key, name in found.items() if len(name) > NAME_CHARACTERS or len(key) > KEY_CHARACTERS),
        None,
    )
    if too_long is not None:
        raise Invalid(
            f"The tag “{too_long[:20]}…” is longer than {NAME_CHARACTERS} characters.", field="tags"
        )
    return tuple(found.values())


def without_comma(name: str) -> str:
    """Return the name without commas (imports), since a comma separates names."""
    return queries.tidy(name.replace(",", " "))


def check_commas(names: Iterable[str], *, field: str) -> None:
    """Raise `Invalid` for a name that a form would read as two."""
    if any("," in name for name in names):
        raise Invalid("Commas separate tags, so the name of a tag has none.", field=field)


def ensure(names: Iterable[str]) -> list[Tag]:
    """Return the tags with these names, in this order, creating missing ones."""
    return ensure_all(distinct(names))


def ensure_all(names: Iterable[str]) -> list[Tag]:
    """Return the tags with these tidy names, in any number, creating missing ones."""
    wanted = {name_key(name): name for name in names}
    known = _present(wanted)
    missing = [key for key in wanted if key not in known]
    for key in missing:
        _make(key, wanted[key])
    known |= _present(missing)
    return [known[key] for key in wanted]


def _present(keys: Iterable[str]) -> dict[str, Tag]:
    asked = list(keys)
    chunks = (asked[start : start + AT_ONCE] for start in range(0, len(asked), AT_ONCE))
    return {tag.key: tag for chunk in chunks for tag in db.session.scalars(queries.with_keys(chunk))}


def restore(name: str, *, slug: str, description: str) -> Tag:
    """Return the tag with this name, created with exactly this slug if it is free; an existing one is unchanged."""
    name = "".join(distinct([without_comma(name)]))
    key = name_key(name)
    if db.session.scalar(queries.with_keys([key])) is None and not insert_unique(
        Tag, Tag.slug, slugify(slug)[:80], key=key, name=name, description=description
    ):
        _make(key, name)
    tag = db.session.scalars(queries.with_keys([key])).one()
    tag.description = tag.description or description
    return tag


def make(name: str, *, description: str, by: User) -> Tag:
    """Create a tag; raises `Conflict` if the name is in use."""
    _check_right(by)
    key, name = _key_and_name(name)
    if db.session.scalar(queries.with_keys([key])) is not None:
        raise Conflict(TAKEN)
    _make(key, name)
    tag = db.session.scalars(queries.with_keys([key])).one()
    tag.description = description
    return tag


def validate(said: Mapping[str, Any], tag: Tag | None) -> tuple[Invalid, ...]:
    """Return the mistakes in a submitted tag; omitted fields are not checked."""
    mistakes = Mistakes()
    with mistakes:
        if said.get("name") is not None and (tag is None or said["name"] != tag.name):
            key, _ = _key_and_name(said["name"])
            other = db.session.scalar(queries.with_keys([key]))
            if other is not None and (tag is None or other.id != tag.id):
                raise Invalid(TAKEN, field="name")
    return mistakes.found


def change(tag: Tag, *, by: User, name: str | Unset = UNSET, description: str | Unset = UNSET) -> None:
    """Rename or describe a tag; its slug stays. Raises `Conflict` if another tag has the name, or this one is gone."""
    _check_right(by)
    try:
        with db.session.begin_nested():
            if not isinstance(name, Unset) and name != tag.name:
                tag.key, tag.name = _key_and_name(name)
            tag.description = chosen(description, tag.description)
    except IntegrityError:
        raise Conflict(TAKEN) from None
    except StaleDataError:
        raise Conflict(GONE) from None


def _key_and_name(name: str) -> tuple[str, str]:
    """Return the key of a name, and the name without surrounding spaces; raises `Invalid`."""
    check_commas([name], field="name")
    cleaned = distinct([name])
    if not cleaned:
        raise Invalid("A tag needs a name.", field="name")
    return name_key(cleaned[0]), cleaned[0]


def _check_right(by: User) -> None:
    if not by.can(Permission.MANAGE_TAGS):
        raise NotAllowed("Only editors change tags.")


def _make(key: str, name: str) -> None:
    """Insert the tag; if another transaction inserts it first, return that one."""
    slug, number = slugify(name)[:70].strip("-"), 1
    candidate = slug
    while not insert_unique(Tag, Tag.slug, candidate, key=key, name=name, description=""):
        if db.session.scalar(queries.with_keys([key])) is not None:
            return
        number += 1
        candidate = f"{slug}-{number}"
