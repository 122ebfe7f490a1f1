"""The contents of the site map as statements: the URLs of each kind, and the last change of each file."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import ColumnElement, FromClause, Select, case, exists, func, null, select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.pages.links import url_of
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.models import Post, PostByline, PostTag
from masthead.posts.queries import is_published_in_any_order
from masthead.tags.models import Tag

#: The number of ids whose URLs a file may hold.
URLS_PER_FILE = 50_000
#: Up to this number of linked posts, the query reads those; beyond it, the newest posts until one is linked.
FEW_LINKS = 500
#: Id, name, last change, last publication (a scheduled post appears later than its last change) and image.
Rows = Select[int, str, datetime, datetime | None, str | None]
#: Number, last change (None for an empty file) and last publication.
Files = Select[int, datetime | None, datetime | None]


class FeedSection(NamedTuple):
    """The URLs of one kind."""

    rows: Callable[[], Rows]
    files: Callable[[], Files]
    path: Callable[[str], str]


def posts() -> Rows:
    """Select the published posts without a canonical URL elsewhere."""
    return select(
        Post.id.label("id"),
        Post.slug.label("name"),
        Post.updated_at.label("changed"),
        Post.published_at.label("appeared"),
        Post.lead_image.label("image"),
    ).where(is_published_in_any_order(), Post.canonical_url.is_(None))


def files_of_posts() -> Files:
    """Select the files of posts, bounded by their first post and the next file; a file of drafts has no last change."""
    first = select(_number_of(select(func.min(Post.id)).scalar_subquery()).label("number"))
    file = first.cte("file", recursive=True)
    behind = select(func.min(Post.id)).where(Post.id > file.c.number * URLS_PER_FILE).scalar_subquery()
    file = file.union_all(select(_number_of(behind)).where(file.c.number.is_not(None)))
    end = file.c.number * URLS_PER_FILE
    shown_since = case((Post.updated_at > Post.published_at, Post.updated_at), else_=Post.published_at)
    last = select(func.max(shown_since)).where(
        is_published_in_any_order(),
        Post.canonical_url.is_(None),
        Post.id.between(end - URLS_PER_FILE + 1, end),
    )
    return select(
        file.c.number, last.correlate(file).scalar_subquery().label("changed"), null().label("appeared")
    ).order_by(file.c.number)


def pages() -> Rows:
    """Select the public pages."""
    return select(
        Page.id.label("id"),
        Page.slug.label("name"),
        Page.updated_at.label("changed"),
        null().label("appeared"),
        null().label("image"),
    ).where(Page.is_public)


def _is_published() -> ColumnElement[bool]:
    """Return `Post.is_published` for posts found by id, in a form that no index matches."""
    return case((Post.is_published, 1), else_=0) == 1


class Links(NamedTuple):
    """A link table from tags or people to posts."""

    owner: type[Tag | User]
    name: ColumnElement[str]
    owner_id: ColumnElement[int]
    post_id: ColumnElement[int]

    def rows(self) -> Rows:
        """Select the tags or people of published posts; a list changes with its posts."""
        owner: FromClause = self.owner.__table__
        mine = self.owner_id == self.owner.id
        return select(
            self.owner.id.label("id"),
            self.name.label("name"),
            self._last(Post.updated_at, mine, owner).label("changed"),
            self._last(Post.published_at, mine, owner).label("appeared"),
            null().label("image"),
        ).where(self._is_shown(mine, owner))

    def files(self) -> Files:
        """Select the files of tags or people; each file changes with any of their posts."""
        file = select(_number_of(self.owner.id).label("number")).distinct().subquery("file")
        end = file.c.number * URLS_PER_FILE
        within = self.owner_id.between(end - URLS_PER_FILE + 1, end)
        return (
            select(
                file.c.number,
                self._last(Post.updated_at, within, file).label("changed"),
                self._last(Post.published_at, within, file).label("appeared"),
            )
            .where(self._is_shown(within, file))
            .order_by(file.c.number)
        )

    def _is_shown(self, is_link: ColumnElement[bool], outer: FromClause) -> ColumnElement[bool]:
        return exists().where(is_link, Post.id == self.post_id, _is_published()).correlate(outer)

    def _last(
        self, moment: InstrumentedAttribute[Any], is_link: ColumnElement[bool], outer: FromClause
    ) -> ColumnElement[Any]:
        """Return the latest such moment of the linked published posts."""
        links = select(self.post_id).where(is_link)
        some = links.limit(FEW_LINKS + 1).correlate(outer).subquery()
        are_few = select(func.count()).select_from(some).correlate(outer).scalar_subquery() <= FEW_LINKS
        of_few = select(func.max(moment)).where(_is_published(), Post.id.in_(links.correlate(outer)))
        is_linked = links.where(self.post_id == Post.id).correlate(outer, Post).exists()
        is_published = Post.is_published if moment is Post.published_at else is_published_in_any_order()
        of_many = select(moment).where(is_published, is_linked).order_by(moment.desc()).limit(1)
        return case(
            (are_few, of_few.correlate(outer).scalar_subquery()),
            else_=of_many.correlate(outer).scalar_subquery(),
        )


def _number_of(row_id: Any) -> ColumnElement[int]:
    number: ColumnElement[int] = (row_id - 1) // URLS_PER_FILE + 1
    return number


def files_of_pages() -> Files:
    """Select the files of pages."""
    listed = pages().subquery()
    number = _number_of(listed.c.id).label("number")
    return (
        select(number, func.max(listed.c.changed).label("changed"), null().label("appeared"))
        .group_by(number)
        .order_by(number)
    )


_tagged, _credited = PostTag.__table__.c, PostByline.__table__.c
tags = Links(Tag, Tag.__table__.c.slug, _tagged.tag_id, _tagged.post_id)
authors = Links(User, User.__table__.c.username, _credited.user_id, _credited.post_id)
SECTIONS = {
    "posts": FeedSection(posts, files_of_posts, lambda slug: url_for("site.post", slug=slug)),
    "pages": FeedSection(pages, files_of_pages, url_of),
    "tags": FeedSection(tags.rows, tags.files, lambda slug: url_for("posts.tag", slug=slug)),
    "authors": FeedSection(authors.rows, authors.files, lambda name: url_for("posts.author", username=name)),
}
