"""Making tags."""

from collections.abc import Iterable

from masthead import pagecache
from masthead.db import claim, db
from masthead.errors import Invalid
from masthead.tags import queries
from masthead.tags.models import NAME_CHARACTERS, TAGS_LIMIT, Tag
from masthead.text.names import name_key
from masthead.text.slugs import slugify


def parse(text: str) -> tuple[str, ...]:
    """The names in a comma-separated list, each once, in order."""
    return distinct(text.split(","))


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names without doubles and white space; raises `Invalid` for too many or too long ones."""
    found: dict[str, str] = {}
    for name in names:
        cleaned = " ".join(name.split()).lstrip("#")
        if cleaned:
            found.setdefault(name_key(cleaned), cleaned)
    if len(found) > TAGS_LIMIT:
        raise Invalid(f"A post has at most {TAGS_LIMIT} tags.", field="tags")
    too_long = next((name for name in found.values() if len(name) > NAME_CHARACTERS), None)
    if too_long is not None:
        raise Invalid(
            f"The tag “{too_long[:20]}…” is longer than {NAME_CHARACTERS} characters.", field="tags"
        )
    return tuple(found.values())


def ensure(names: Iterable[str]) -> list[Tag]:
    """The tags with these names, in this order, making those that do not exist."""
    wanted = {name_key(name): name for name in distinct(names)}
    if not wanted:
        return []
    known = {tag.key: tag for tag in db.session.scalars(queries.with_keys(wanted))}
    for key, name in wanted.items():
        if key not in known:
            _make(key, name)
    if len(known) < len(wanted):
        known = {tag.key: tag for tag in db.session.scalars(queries.with_keys(wanted))}
    return [known[key] for key in wanted]


def _make(key: str, name: str) -> None:
    """Insert the tag; if somebody else makes it at the same moment, theirs is as good."""
    pagecache.changed("tags")
    slug, number = slugify(name)[:70].strip("-"), 1
    candidate = slug
    while not claim(Tag, Tag.slug, candidate, key=key, name=name, description=""):
        if db.session.scalar(queries.with_keys([key])) is not None:
            return
        number += 1
        candidate = f"{slug}-{number}"
