"""Filters and orders of the lists of writers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.db import db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.posts import queries
from masthead.posts.models import Post, PostTag
from masthead.tags import queries as tags
from masthead.tags import tagged_content
from masthead.tags.models import Tag

#: The orders on offer; the first one is the usual one.
ORDERS: Final[dict[str, str]] = {
    "updated": "Last edited",
    "newest": "Newest",
    "oldest": "Oldest",
    "title": "Title",
    "views": "Most read",
}
_HAS_NO_DATE: Final = case((Post.published_at.is_(None), 1), else_=0)
_COLUMNS: Final[dict[str, Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]]] = {
    "updated": (Post.updated_at.desc(), Post.id.desc()),
    # Those without a date of publication are the newest.
    "newest": (_HAS_NO_DATE.desc(), Post.published_at.desc(), Post.id.desc()),
    "oldest": (_HAS_NO_DATE, Post.published_at, Post.id),
    "title": (Post.title, Post.id),
    "views": (Post.views.desc(), Post.id.desc()),
}
USUAL: Final = next(iter(ORDERS))
#: More words are no title.
MOST_WORDS: Final = 12
#: Suggested names of tags.
SUGGESTIONS: Final = 200


@dataclass(frozen=True, slots=True)
class DeskFilters:
    """The filters and the order that an address asks for."""

    status: str = ""
    #: The name or the slug of a tag.
    tag: str = ""
    #: Words of the title, in any order.
    words: str = ""
    sort: str = USUAL

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "DeskFilters":
        """Return what a query string asks for; raises `NotFound` for an unknown order."""
        sort = given.get("sort", "") or USUAL
        if sort not in ORDERS:
            raise NotFound("There is no such order of posts.")
        return cls(given.get("status", ""), given.get("tag", "").strip(), given.get("q", "").strip(), sort)

    @property
    def is_any(self) -> bool:
        """True if something is left out of the list."""
        return bool(self.status or self.tag or self.words)

    @property
    def is_status_alone(self) -> bool:
        """True if nothing but the status leaves posts out."""
        return not (self.tag or self.words)

    @property
    def parameters(self) -> dict[str, Any]:
        """The query string, without what is usual."""
        sort = "" if self.sort == USUAL else self.sort
        given = {"status": self.status, "tag": self.tag, "q": self.words, "sort": sort}
        return {name: value for name, value in given.items() if value}

    def applied_to(self, posts: Select[Post]) -> Select[Post]:
        """Return the statement with the conditions and the order; raises `NotFound` for an unknown status."""
        conditions = [queries.in_list(self.status)]
        conditions += [
            Post.title.icontains(word, autoescape=True) for word in self.words.split()[:MOST_WORDS]
        ]
        if self.tag:
            conditions.append(_is_tagged(self.tag))
        return posts.where(*conditions).order_by(None).order_by(*_COLUMNS[self.sort])


def _is_tagged(name: str) -> ColumnElement[bool]:
    tag = db.session.scalar(select(Tag).where(Tag.slug == name)) or tags.named(name)
    if tag is None:
        return false()
    # Correlated, so that SQLite follows the index of the author instead of reading each post behind its text.
    rows = select(PostTag.post_id).where(PostTag.tag_id == tag.id, PostTag.post_id == Post.id)
    return and_(rows.correlate(Post).exists())


def suggested_tags(by: User) -> list[str]:
    """Return names of tags to choose from: those that a person may know of."""
    known = tagged_content.visible_to(by).with_only_columns(Tag.name).limit(SUGGESTIONS)
    return list(db.session.scalars(known))
