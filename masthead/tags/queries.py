"""Reading tags."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from masthead.db import db
from masthead.errors import NotFound
from masthead.tags.models import Tag
from masthead.text.names import name_key, tidy_name

NO_TAG = "There is no such tag."


def by_slug(slug: str) -> Tag:
    """The tag at this address; raises `NotFound`."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        raise NotFound(NO_TAG)
    return tag


def get(tag_id: int) -> Tag:
    """The tag with this id; raises `NotFound`."""
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise NotFound(NO_TAG)
    return tag


def tidy(name: str) -> str:
    """A name as it is stored: no `#` in front, and no more white space than between its words, nothing hidden."""
    return tidy_name(tidy_name(name).lstrip("#"))


def named(name: str) -> Tag | None:
    """The tag of this name, however its letters are written."""
    return db.session.scalar(with_keys([name_key(tidy(name))]))


def named_like(words: str) -> Select[Tag]:
    """The tags whose names hold these words, in the order of the names; all of them for no words."""
    return select(Tag).where(Tag.key.contains(name_key(words), autoescape=True)).order_by(Tag.key, Tag.id)


def with_keys(keys: Iterable[str]) -> Select[Tag]:
    """The tags with these keys."""
    return select(Tag).where(Tag.key.in_(list(keys)))
