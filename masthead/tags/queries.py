"""Queries for tags."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from masthead.db import db
from masthead.errors import NotFound
from masthead.redirects.models import Redirect, Target
from masthead.tags.models import Tag
from masthead.text.names import name_key, tidy_name

NO_TAG = "There is no such tag."
#: The path of a tag's page, which redirects keep for merged tags.
ADDRESS = "/blog/tag/{slug}"


def by_slug(slug: str) -> Tag:
    """Return the tag at this slug; raises `NotFound`."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        raise NotFound(NO_TAG)
    return tag


def present_at(slug: str) -> Tag:
    """Return the tag at this slug, or the tag it was merged into; raises `NotFound`."""
    try:
        return by_slug(slug)
    except NotFound:
        present = db.session.scalar(
            select(Tag)
            .join(Redirect, (Redirect.kind == Target.TAG) & (Redirect.target_id == Tag.id))
            .where(Redirect.path == ADDRESS.format(slug=slug))
        )
        if present is None:
            raise
        return present


def get(tag_id: int) -> Tag:
    """Return the tag with this id; raises `NotFound`."""
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise NotFound(NO_TAG)
    return tag


def tidy(name: str) -> str:
    """Return a name as stored: without a leading `#`, surplus spaces and hidden characters."""
    return tidy_name(tidy_name(name).lstrip("#"))


def named(name: str) -> Tag | None:
    """Return the tag of this name, regardless of case and spelling variants."""
    return db.session.scalar(with_keys([name_key(tidy(name))]))


def named_like(words: str) -> Select[Tag]:
    """Select the tags whose names contain these words, by name; all of them without words."""
    return select(Tag).where(Tag.key.contains(name_key(words), autoescape=True)).order_by(Tag.key, Tag.id)


def with_keys(keys: Iterable[str]) -> Select[Tag]:
    """Return the tags with these keys."""
    return select(Tag).where(Tag.key.in_(list(keys)))
