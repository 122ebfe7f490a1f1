"""Reading posts. What readers see in lists, `masthead.posts.lists.rows` reads of the statements here."""

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

#: A moment and an id: where a post stands in the order of time.
Place = tuple[datetime, int]
#: Of each tag of a post, so many of the last posts may be shown as related.
RELATED_CANDIDATES = 50
#: Languages that one page leads to.
TRANSLATIONS = 50


@cache
def with_credits() -> tuple[ORMOption, ...]:
    """Bylines by a join, tags by a second query: two for any number of posts.

    Each byline has its user, but an inner join of the two inside of the outer one would make SQLite put all bylines of
    the publication into a temporary table.
    """
    return (
        joinedload(Post.byline_rows).joinedload(PostByline.user, innerjoin=False),
        selectinload(Post.tag_rows).joinedload(PostTag.tag, innerjoin=True),
    )


def is_visible_to(reader: User | None) -> ColumnElement[bool]:
    """What `masthead.posts.permissions.can_see` says about one post, as a condition on many."""
    if reader is None:
        return and_(Post.is_published)
    is_kept = Post.status != Status.TRASHED
    if reader.can(Permission.EDIT_POSTS):
        return is_kept
    return or_(Post.is_published, and_(is_kept, Post.author_id == reader.id))


def hidden_from(reader: User) -> Select[int]:
    """The ids of the posts that are not visible to somebody who is signed in, by way of an index: they are few."""
    if reader.can(Permission.EDIT_POSTS):
        return select(Post.id).where(Post.status == Status.TRASHED)
    return select(Post.id).where(Post.id.in_(counts.hidden()), not_(is_visible_to(reader)))


def is_published_before(*places: Place) -> ColumnElement[bool]:
    """Whether readers can see a post, and it comes in time before each of these places (a moment, and an id).

    That it is not scheduled is one more upper bound. Of several, SQLite goes to one in its index and walks from there
    past everything that the others leave out, so only the lowest is asked for.
    """
    lowest = min([(clock.now(), GREATEST_ID), *places])
    return and_(Post.status == Status.PUBLIC, tuple_(Post.published_at, Post.id) < lowest)


def is_published_in_any_order() -> ColumnElement[bool]:
    """The same as `Post.is_published`, for lists in another order than that of time.

    No index has the moment in this form, so SQLite follows the index of the order instead of sorting all posts.
    """
    return and_(Post.status == Status.PUBLIC, case((Post.published_at <= clock.now(), 1), else_=0) == 1)


@cache
def newest_first() -> Select[Post]:
    """Every published post, the newest first."""
    return newest(and_(Post.is_published))


def newest(condition: ColumnElement[bool]) -> Select[Post]:
    """The posts of which this is true, the newest first."""
    return select(Post).where(condition).order_by(Post.published_at.desc(), Post.id.desc())


def among(selection: Selection, *, count: int) -> Select[Post]:
    """The published posts of a selection, of which there are so many, the newest first."""
    return newest_first().where(selection.holds(count=count))


def of_month(year: int, month: int) -> Select[Post]:
    """The posts published in a month, as it begins and ends in the publication's time zone."""
    begin = counts.beginning_of_month(year, month)
    end = counts.beginning_of_month(year + month // 12, month % 12 + 1)
    return newest(and_(is_published_before((end, 0)), Post.published_at >= begin))


def in_state(state: State) -> ColumnElement[bool]:
    """The condition that a post is in this state now."""
    match state:
        case State.PUBLISHED:
            return and_(Post.is_published)
        case State.SCHEDULED:
            return and_(Post.status == Status.PUBLIC, Post.published_at > clock.now())
        case _:
            return Post.status == Status(state.value)


def in_list(word: str) -> ColumnElement[bool]:
    """The condition of a list by the word in its address: a state, ``public``, or all but the trash without a word.

    Raises `NotFound` for other words.
    """
    if not word:
        return Post.status != Status.TRASHED
    if word == Status.PUBLIC:
        # Scheduled and published together.
        return Post.status == Status.PUBLIC
    if word not in set(State):
        raise NotFound("There is no such list of posts.")
    return in_state(State(word))


def to_change(post_ids: Collection[int]) -> Select[Post]:
    """These posts without their texts and credits, locked until the change is done, in an order that cannot deadlock."""
    return select(Post).where(Post.id.in_(post_ids)).order_by(Post.id).with_for_update()


def written_by(user: User) -> Select[Post]:
    """Everything that somebody owns, the last touched first."""
    return _desk_list().where(Post.author_id == user.id)


def everybodys() -> Select[Post]:
    """Everything that anybody has written, the last touched first, with its owner."""
    return _desk_list().options(joinedload(Post.author, innerjoin=True))


def submitted_by_others(editor: User) -> Select[Post]:
    """What others handed in and nobody has decided on, the one that has waited longest first."""
    waiting = everybodys().where(Post.status == Status.IN_REVIEW, Post.author_id != editor.id)
    return waiting.order_by(None).order_by(Post.updated_at, Post.id)


def _desk_list() -> Select[Post]:
    return select(Post).order_by(Post.updated_at.desc(), Post.id.desc()).options(*with_credits())


def get(post_id: int) -> Post:
    """The post with its text, for editing; raises `NotFound`."""
    return _one(with_id(post_id))


def with_id(post_id: int) -> Select[Post]:
    """The same as a statement."""
    return _whole().where(Post.id == post_id)


def by_slug(slug: str) -> Post:
    """The post at this address, published or not; raises `NotFound`."""
    return _one(_at_slug(), slug=slug)


def at_slug(slug: str) -> Select[Post]:
    """The same as a statement."""
    return _at_slug().params(slug=slug)


@cache
def _at_slug() -> Select[Post]:
    return _whole().where(Post.slug == bindparam("slug"))


@cache
def _whole() -> Select[Post]:
    return select(Post).options(
        undefer_group("text"), joinedload(Post.author, innerjoin=True), *with_credits()
    )


def _one(statement: Select[Post], **parameters: Any) -> Post:
    post = db.session.scalars(statement, parameters).unique().one_or_none()
    if post is None:
        raise NotFound("There is no such post.")
    return post


def present_slug(old_slug: str) -> str | None:
    """The present address of the published post that once had this one."""
    return db.session.scalar(
        select(Post.slug)
        .join(PostSlug, PostSlug.post_id == Post.id)
        .where(PostSlug.slug == old_slug, Post.is_published)
    )


def slug_of(post_id: int) -> str | None:
    """The address of a published post."""
    return db.session.scalar(select(Post.slug).where(Post.id == post_id, Post.is_published))


def neighbours(post: Post, *, related: int) -> list[tuple[str, str, str]]:
    """``(relation, title, slug)`` of the post before, the post after, and some with a tag in common; one query."""
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
        # Compared as a pair, so that both databases go straight to the place in the index.
        .where(Post.is_published, tuple_(Post.published_at, Post.id) > (at, post.id))
        .order_by(Post.published_at, Post.id)
        .limit(1)
    )
    # The last ones of each tag: sorting all would cost more the more there are.
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
    # SQLite allows ORDER BY and LIMIT in the parts of a union only inside sub-queries.
    parts = [select(part.subquery()) for part in (previous, following, alike)]
    rows = db.session.execute(union_all(*parts)).all()
    # Columns note no rows, and a title can change where the order of posts does not.
    pagecache.depends_on(*(POST(row.id) for row in rows))
    return [(row.relation, row.title, row.slug) for row in rows]


def translations(post: Post) -> Select[int, str, str, str | None]:
    """``(id, title, slug, language)`` of the published translations of a post, the oldest first."""
    return (
        select(Post.id, Post.title, Post.slug, Post.language)
        .where(Post.translation_key == post.translation_key, Post.is_published, Post.id != post.id)
        .order_by(Post.id)
        .limit(TRANSLATIONS)
    )


def revisions_of(post: Post) -> Select[Revision]:
    """Every saved state of a post, the newest first."""
    return select(Revision).where(Revision.post_id == post.id).order_by(Revision.number.desc())


def counts_by_status(user: User) -> dict[Status, int]:
    """How many posts somebody owns in each status."""
    rows = db.session.execute(
        select(Post.status, func.count()).where(Post.author_id == user.id).group_by(Post.status)
    )
    return {row[0]: row[1] for row in rows}


def next_publication() -> datetime | None:
    """When the next scheduled post appears."""
    statement = (
        select(Post.published_at).where(in_state(State.SCHEDULED)).order_by(Post.published_at).limit(1)
    )
    return db.session.scalar(statement, execution_options={pagecache.OF_THE_CACHE: True})


pagecache.expires_at(POSTS, next_publication)
