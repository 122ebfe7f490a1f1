"""Queries for posts. `masthead.posts.summaries` executes those for lists."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload, undefer_group
from sqlalchemy.orm.interfaces import ORMOption

from masthead import clock, pagecache
from masthead.db import GREATEST_ID, db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.cache_topics import POST, POSTS
from masthead.posts.lifecycle import State, Status
from masthead.posts.lists import counts
from masthead.posts.lists.selections import Selection
from masthead.posts.models import Post, PostByline, PostSlug, PostTag, Revision
from masthead.posts.slugs import SLUGS

#: A moment and an id: the position of a post in the order of time.
Place = tuple[datetime, int]
#: The number of recent posts of each tag that compete as related posts.
RELATED_CANDIDATES = 50
#: The maximum number of translations that a page links.
TRANSLATIONS = 50


@cache
def _with_credits() -> tuple[ORMOption, ...]:
    """Load bylines by a join, tags by a second query: two queries for any number of posts.

    Each byline has its user, but an inner join of the two inside of the outer one would make SQLite put all bylines of
    the publication into a temporary table.
    """
    return (
        joinedload(Post.byline_rows).joinedload(PostByline.user, innerjoin=False),
        selectinload(Post.tag_rows).joinedload(PostTag.tag, innerjoin=True),
    )


def is_visible_to(reader: User | None) -> ColumnElement[bool]:
    """Return `masthead.posts.permissions.can_see` as a condition on many posts."""
    if reader is None:
        return and_(Post.is_published)
    is_kept = Post.status != Status.TRASHED
    if reader.can(Permission.EDIT_POSTS):
        return is_kept
    return or_(Post.is_published, and_(is_kept, Post.author_id == reader.id))


def hidden_from(reader: User) -> Select[int]:
    """Select the ids of posts hidden from a signed-in person, by way of an index: they are few."""
    if reader.can(Permission.EDIT_POSTS):
        return select(Post.id).where(Post.status == Status.TRASHED)
    return select(Post.id).where(Post.id.in_(counts.hidden()), not_(is_visible_to(reader)))


def is_published_before(*places: Place) -> ColumnElement[bool]:
    """Return the condition that a post is published and precedes each of these positions in time.

    The present time is one more upper bound. With several bounds, SQLite seeks to one of them in its index and walks past
    every row that the others exclude, so the condition names only the lowest.
    """
    lowest = min([(clock.now(), GREATEST_ID), *places])
    return and_(Post.status == Status.PUBLIC, tuple_(Post.published_at, Post.id) < lowest)


def is_published_in_any_order() -> ColumnElement[bool]:
    """Return `Post.is_published`, for lists in an order other than that of time.

    No index has the moment in this form, so SQLite follows the index of the order instead of sorting all posts.
    """
    return and_(Post.status == Status.PUBLIC, case((Post.published_at <= clock.now(), 1), else_=0) == 1)


@cache
def newest_first() -> Select[Post]:
    """Select every published post, newest first."""
    return newest(and_(Post.is_published))


def newest(condition: ColumnElement[bool]) -> Select[Post]:
    """Select the posts that meet a condition, newest first."""
    return select(Post).where(condition).order_by(Post.published_at.desc(), Post.id.desc())


def among(selection: Selection, *, count: int) -> Select[Post]:
    """Select the published posts of a selection, given their number, newest first."""
    return newest_first().where(selection.holds(count=count))


def of_month(year: int, month: int) -> Select[Post]:
    """Select the posts of a month in the publication's time zone."""
    begin = counts.beginning_of_month(year, month)
    end = counts.beginning_of_month(year + month // 12, month % 12 + 1)
    return newest(and_(is_published_before((end, 0)), Post.published_at >= begin))


def in_state(state: State) -> ColumnElement[bool]:
    """Return the condition that a post is in this state now."""
    match state:
        case State.PUBLISHED:
            return and_(Post.is_published)
        case State.SCHEDULED:
            return and_(Post.status == Status.PUBLIC, Post.published_at > clock.now())
        case _:
            return Post.status == Status(state.value)


def in_list(word: str) -> ColumnElement[bool]:
    """Return the condition of a list by its word in the URL: a state, ``public``, or without a word all but the trash.

    Raises `NotFound` for other words.
    """
    if not word:
        return Post.status != Status.TRASHED
    if word == Status.PUBLIC:
        # Scheduled and published posts together.
        return Post.status == Status.PUBLIC
    if word not in set(State):
        raise NotFound("There is no such list of posts.")
    return in_state(State(word))


def to_change(post_ids: Collection[int]) -> Select[Post]:
    """Select these posts without texts and bylines, locked, in an order that cannot deadlock."""
    return select(Post).where(Post.id.in_(post_ids)).order_by(Post.id).with_for_update()


def written_by(user: User) -> Select[Post]:
    """Select everything that a person owns, last edited first."""
    return everybodys().where(Post.author_id == user.id)


def everybodys() -> Select[Post]:
    """Select everybody's posts, last edited first."""
    return select(Post).order_by(Post.updated_at.desc(), Post.id.desc())


def submitted_by_others(editor: User) -> Select[Post]:
    """Select other people's submitted posts, longest waiting first."""
    waiting = everybodys().where(Post.status == Status.IN_REVIEW, Post.author_id != editor.id)
    return waiting.order_by(None).order_by(Post.updated_at, Post.id)


def get(post_id: int) -> Post:
    """Return the post with its text, for editing; raises `NotFound`."""
    return _one(with_id(post_id))


def with_id(post_id: int) -> Select[Post]:
    """Select the post with this id."""
    return _whole().where(Post.id == post_id)


def by_slug(slug: str) -> Post:
    """Return the post at this slug, published or not; raises `NotFound`."""
    return _one(_at_slug(), slug=slug)


def at_slug(slug: str) -> Select[Post]:
    """Select the post at this slug."""
    return _at_slug().params(slug=slug)


@cache
def _at_slug() -> Select[Post]:
    return _whole().where(Post.slug == bindparam("slug"))


@cache
def _whole() -> Select[Post]:
    return select(Post).options(
        undefer_group("text"), joinedload(Post.author, innerjoin=True), *_with_credits()
    )


def _one(statement: Select[Post], **parameters: Any) -> Post:
    post = db.session.scalars(statement, parameters).unique().one_or_none()
    if post is None:
        raise NotFound("There is no such post.")
    return post


def present_slug(old_slug: str) -> str | None:
    """Return the present slug of the published post that once had this one."""
    return SLUGS.present(old_slug, and_(Post.is_published))


def expired_at_slug(slug: str) -> tuple[str | None] | None:
    """Return the address to which the page of an expired post redirects; None if no expired post has or had the slug."""
    row = db.session.execute(
        select(Post.expires_to)
        .join(PostSlug, PostSlug.post_id == Post.id)
        .where(PostSlug.slug == slug, Post.status == Status.DRAFT, Post.expired_at.is_not(None))
    ).first()
    return (row.expires_to,) if row is not None else None


def slug_of(post_id: int) -> str | None:
    """Return the slug of a published post."""
    return db.session.scalar(select(Post.slug).where(Post.id == post_id, Post.is_published))


def neighbours(post: Post, *, related: int) -> list[tuple[str, str, str]]:
    """Return ``(relation, title, slug)`` of the previous, the next and some related posts; one query."""
    at = post.published_at
    if at is None:
        return []
    return pagecache.memoize(f"neighbours of post {post.id}", lambda: _neighbours_of(post, at, related))


def _neighbours_of(post: Post, at: datetime, related: int) -> list[tuple[str, str, str]]:
    columns = (Post.id.label("id"), Post.title.label("title"), Post.slug.label("slug"))
    previous = (
        select(literal("previous").label("relation"), *columns)
        .where(is_published_before((at, post.id)))
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(1)
    )
    following = (
        select(literal("next").label("relation"), *columns)
        # Compared as a pair, so that both databases seek straight to the position in the index.
        .where(Post.is_published, tuple_(Post.published_at, Post.id) > (at, post.id))
        .order_by(Post.published_at, Post.id)
        .limit(1)
    )
    # The recent posts of each tag: sorting all would grow with the archive.
    candidates = [
        select(
            select(PostTag.post_id)
            .where(PostTag.tag_id == row.tag_id)
            .order_by(PostTag.post_id.desc())
            .limit(RELATED_CANDIDATES)
            .subquery()
        )
        for row in post.tag_rows
    ]
    alike = (
        select(literal("related").label("relation"), *columns)
        .where(Post.is_published, Post.id != post.id)
        .where(Post.id.in_(union_all(*candidates)) if candidates else false())
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(related)
    )
    # SQLite allows ORDER BY and LIMIT in the parts of a union only inside subqueries.
    parts = [select(part.subquery()) for part in (previous, following, alike)]
    rows = db.session.execute(union_all(*parts)).all()
    # Columns note no dependencies, and a title can change where the order of posts does not.
    pagecache.depends_on(*(POST(row.id) for row in rows))
    return [(row.relation, row.title, row.slug) for row in rows]


def translations(post: Post) -> Select[int, str, str, str | None]:
    """Return ``(id, title, slug, language)`` of the published translations of a post, oldest first."""
    return (
        select(Post.id, Post.title, Post.slug, Post.language)
        .where(Post.translation_key == post.translation_key, Post.is_published, Post.id != post.id)
        .order_by(Post.id)
        .limit(TRANSLATIONS)
    )


def revisions_of(post: Post) -> Select[Revision]:
    """Select the revisions of a post, newest first."""
    return select(Revision).where(Revision.post_id == post.id).order_by(Revision.number.desc())


def counts_by_status(user: User) -> dict[Status, int]:
    """Return the number of posts that a person owns in each status."""
    rows = db.session.execute(
        select(Post.status, func.count()).where(Post.author_id == user.id).group_by(Post.status)
    )
    return {row[0]: row[1] for row in rows}


def next_change() -> datetime | None:
    """Return the moment of the next publication, end or update, at which pages change by themselves."""
    return min(filter(None, (next_publication(), next_end())), default=None)


def next_end() -> datetime | None:
    """Return the moment of the next end or scheduled update of a public post."""
    # Written so that SQLite reads the index of the few moments, and not that of all public posts.
    is_public = case((Post.status == Status.PUBLIC, 1), else_=0) == 1
    firsts = [
        select(column.label("moment"))
        .where(column.is_not(None), is_public)
        .order_by(column)
        .limit(1)
        .subquery()
        for column in (Post.expires_at, Post.update_at)
    ]
    moments = union_all(*(select(first.c.moment) for first in firsts)).subquery()
    statement: Select[datetime | None] = select(func.min(moments.c.moment))
    return db.session.scalar(statement, execution_options={pagecache.OF_THE_CACHE: True})


def next_publication() -> datetime | None:
    """Return the moment of the next scheduled publication."""
    statement = (
        select(Post.published_at).where(in_state(State.SCHEDULED)).order_by(Post.published_at).limit(1)
    )
    return db.session.scalar(statement, execution_options={pagecache.OF_THE_CACHE: True})


pagecache.expires_at(POSTS, next_change)
