"""Reading posts. Lists come without their texts; bylines and tags come with them, in one more query."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload, undefer_group
from sqlalchemy.orm.interfaces import ORMOption

from masthead import clock, pagecache
from masthead.accounts.models import User
from masthead.accounts.permissions import Permission
from masthead.db import db
from masthead.errors import NotFound
from masthead.posts.lifecycle import State, Status
from masthead.posts.models import Post, PostByline, PostSlug, PostTag, Revision
from masthead.tags.models import Tag


def _with_credits() -> tuple[ORMOption, ...]:
    """Bylines by a join, tags by a second query: two for any number of posts."""
    return (
        joinedload(Post.byline_rows, innerjoin=False).joinedload(PostByline.user, innerjoin=True),
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


def newest_first() -> Select[Post]:
    """Every published post, the newest first."""
    return (
        select(Post)
        .where(Post.is_published)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .options(*_with_credits())
    )


def about(tag: Tag) -> Select[Post]:
    """The published posts with a tag."""
    return newest_first().where(Post.id.in_(select(PostTag.post_id).where(PostTag.tag_id == tag.id)))


def by_author(user: User) -> Select[Post]:
    """The published posts that credit somebody."""
    return newest_first().where(Post.id.in_(select(PostByline.post_id).where(PostByline.user_id == user.id)))


def of_month(year: int, month: int) -> Select[Post]:
    """The posts published in a month, in UTC."""
    begin = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return newest_first().where(Post.published_at >= begin, Post.published_at < end)


def months() -> Select[int, int, int]:
    """Year, month and number of posts of each month that has any, the newest first."""
    # PostgreSQL extracts decimals.
    year = cast(extract("year", Post.published_at), Integer)
    month = cast(extract("month", Post.published_at), Integer)
    return (
        select(year.label("year"), month.label("month"), func.count().label("count"))
        .where(Post.is_published)
        .group_by(year, month)
        .order_by(year.desc(), month.desc())
    )


def in_state(state: State) -> ColumnElement[bool]:
    """The condition that a post is in this state now."""
    match state:
        case State.PUBLISHED:
            return and_(Post.is_published)
        case State.SCHEDULED:
            return and_(Post.status == Status.PUBLIC, Post.published_at > clock.now())
        case _:
            return Post.status == Status(state.value)


def to_change(post_ids: Collection[int]) -> Select[Post]:
    """These posts without their texts and credits, locked until the change is done, in an order that cannot deadlock."""
    return select(Post).where(Post.id.in_(post_ids)).order_by(Post.id).with_for_update()


def written_by(user: User) -> Select[Post]:
    """Everything that somebody owns, the last touched first."""
    return _desk_list().where(Post.author_id == user.id)


def everybodys() -> Select[Post]:
    """Everything that anybody has written, the last touched first."""
    return _desk_list()


def _desk_list() -> Select[Post]:
    return select(Post).order_by(Post.updated_at.desc(), Post.id.desc()).options(*_with_credits())


def get(post_id: int) -> Post:
    """The post with its text, for editing; raises `NotFound`."""
    return _one(_whole().where(Post.id == post_id))


def by_slug(slug: str) -> Post:
    """The post at this address, published or not; raises `NotFound`."""
    return _one(_whole().where(Post.slug == slug))


def _whole() -> Select[Post]:
    return select(Post).options(
        undefer_group("text"), joinedload(Post.author, innerjoin=True), *_with_credits()
    )


def _one(statement: Select[Post]) -> Post:
    post = db.session.scalars(statement).unique().one_or_none()
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


def neighbours(post: Post, *, related: int) -> Sequence[Row[str, str, str]]:
    """``(relation, title, slug)`` of the post before, the post after, and some with a tag in common; one query."""
    columns = (Post.title.label("title"), Post.slug.label("slug"))
    at = post.published_at
    previous = (
        select(literal("previous").label("relation"), *columns)
        .where(
            Post.is_published, (Post.published_at < at) | ((Post.published_at == at) & (Post.id < post.id))
        )
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(1)
    )
    following = (
        select(literal("next").label("relation"), *columns)
        .where(
            Post.is_published, (Post.published_at > at) | ((Post.published_at == at) & (Post.id > post.id))
        )
        .order_by(Post.published_at, Post.id)
        .limit(1)
    )
    tag_ids = [row.tag_id for row in post.tag_rows]
    alike = (
        select(literal("related").label("relation"), *columns)
        .where(Post.is_published, Post.id != post.id)
        .where(Post.id.in_(select(PostTag.post_id).where(PostTag.tag_id.in_(tag_ids))))
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(related)
    )
    # SQLite allows ORDER BY and LIMIT in the parts of a union only inside sub-queries.
    parts = [select(part.subquery()) for part in (previous, following, alike)]
    return db.session.execute(union_all(*parts)).all()


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


pagecache.turns_with_time("posts", next_publication)
