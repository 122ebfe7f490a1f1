"""Reading tags."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from masthead.db import db
from masthead.errors import NotFound
from masthead.tags.models import Tag


def by_slug(slug: str) -> Tag:
    """The tag at this address; raises `NotFound`."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        raise NotFound("There is no such tag.")
    return tag


def with_keys(keys: Iterable[str]) -> Select[Tag]:
    """The tags with these keys."""
    return select(Tag).where(Tag.key.in_(list(keys)))
