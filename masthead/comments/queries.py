"""Queries for comments. The right to read one is a condition of the statement, so that no page can omit it."""

from collections import Counter
from collections.abc import Collection
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from masthead import pagecache
from masthead.comments.cache_topics import COMMENTS
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.permissions import can_moderate
from masthead.db import db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.posts import queries as posts
from masthead.posts.models import Post


def is_readable_by(reader: User | None) -> ColumnElement[bool]:
    """Return whether a comment is readable for a person who can see its post; the one rule for pages, API and feeds."""
    approved, pending = Comment.status == CommentStatus.APPROVED, Comment.status == CommentStatus.PENDING
    if reader is None:
        return approved
    if can_moderate(reader):
        return or_(approved, pending)
    return or_(approved, and_(pending, Comment.author_id == reader.id))


def readable_by(reader: User | None) -> Select[Comment]:
    """Every comment that the person may read, with its author and its post."""
    return _with_people().where(is_readable_by(reader), posts.is_visible_to(reader))


def below(post_id: int, reader: User | None, *, is_complete: bool = False) -> Select[Comment, bool]:
    """``(comment, is_readable)`` below a post that the reader can see, oldest first, with the authors.

    Unreadable comments are included only if they have replies, because the thread needs their place, or if it
    ``is_complete``: then every comment that the reader may moderate is included.
    """
    return (
        select(Comment, is_readable_by(reader).label("is_readable"))
        .where(_is_in_thread(post_id, reader, is_complete=is_complete))
        .order_by(Comment.created_at, Comment.id)
        .options(joinedload(Comment.author, innerjoin=True), defer(Comment.body, raiseload=True))
    )


def skeleton_below(
    post_id: int, reader: User | None, *, is_complete: bool = False
) -> Select[int, int | None, bool, int]:
    """``(id, parent_id, is_readable, author_id)`` of the rows of `below`, to find the page of a long thread."""
    return (
        select(Comment.id, Comment.parent_id, is_readable_by(reader).label("is_readable"), Comment.author_id)
        .where(_is_in_thread(post_id, reader, is_complete=is_complete))
        .order_by(Comment.created_at, Comment.id)
    )


def _is_in_thread(post_id: int, reader: User | None, *, is_complete: bool) -> ColumnElement[bool]:
    pagecache.depends_on(COMMENTS(post_id))
    waiting = Comment.status == CommentStatus.PENDING if is_complete else false()
    answer = _answer()
    # Joined by way of the post: with few replies, the planner considers the index of parents useless.
    answered = select(answer.parent_id).where(answer.post_id == post_id, answer.parent_id.is_not(None))
    return and_(Comment.post_id == post_id, or_(is_readable_by(reader), waiting, Comment.id.in_(answered)))


@cache
def _answer() -> type[Comment]:
    # Every new alias rebuilds all columns, which takes longer than the rest of the statement.
    return aliased(Comment)


def get(comment_id: int, *, reader: User | None) -> Comment:
    """Return the comment with its post and its bylines, if the person may read both; raises `NotFound`."""
    with_bylines = contains_eager(Comment.post).selectinload(Post.byline_rows)
    return _one(readable_by(reader).where(Comment.id == comment_id).options(with_bylines))


def find_below(post: Post, comment_id: int, *, reader: User | None) -> Comment | None:
    """Return the comment below this post, if the reader may read it."""
    statement = select(Comment).where(
        Comment.id == comment_id, Comment.post_id == post.id, is_readable_by(reader)
    )
    return db.session.scalar(statement)


def has_approved(author: User) -> bool:
    """Return whether the person has an approved comment."""
    statement = select(Comment.id).where(
        Comment.author_id == author.id, Comment.status == CommentStatus.APPROVED
    )
    return db.session.scalar(statement.limit(1)) is not None


def for_moderation(by: User) -> Select[Comment]:
    """Every comment in any status that the person may moderate."""
    # Not as a condition on the post itself: SQLite would read all posts first, and filter the comments by them.
    mine = Comment.post_id.not_in(posts.hidden_from(by)) if can_moderate(by) else false()
    return _with_people().where(mine).options(joinedload(Comment.decided_by))


def queue(by: User, status: CommentStatus) -> Select[Comment]:
    """The comments of a status that the person may moderate: pending ones oldest first, others newest first."""
    columns = (Comment.created_at, Comment.id)
    order = columns if status is CommentStatus.PENDING else [column.desc() for column in columns]
    return for_moderation(by).where(Comment.status == status).order_by(*order)


def get_for_moderation(comment_id: int, *, by: User) -> Comment:
    """Return the comment in any status; raises `NotFound`."""
    return _one(for_moderation(by).where(Comment.id == comment_id))


def many_for_moderation(comment_ids: Collection[int], *, by: User) -> list[Comment]:
    """Return the comments that exist and that the person may moderate."""
    return list(db.session.scalars(for_moderation(by).where(Comment.id.in_(comment_ids))).unique())


def summaries(comment_ids: Collection[int]) -> Select[int, str, str]:
    """Return ``(id, title of the post, user name of the author)`` of comments, by their ids."""
    return (
        select(Comment.id, Post.title, User.username)
        .join(Comment.post)
        .join(User, User.id == Comment.author_id)
        .where(Comment.id.in_(comment_ids))
        .order_by(Comment.id)
    )


def counts_by_status(by: User) -> dict[CommentStatus, int]:
    """Return the number of comments in each status that the person may moderate, in one statement."""
    if not can_moderate(by):
        return {}
    # An index alone counts all comments. Those of the few hidden posts are subtracted: counting 400,000 comments by a
    # join with their posts takes a second.
    rest = Comment.status.in_([status for status in CommentStatus if status is not CommentStatus.APPROVED])
    approved = (
        select(func.count()).select_from(Comment).scalar_subquery()
        - select(func.count()).where(rest).scalar_subquery()
    )
    hidden = (
        select(Comment.status, -func.count())
        .where(Comment.post_id.in_(posts.hidden_from(by)))
        .group_by(Comment.status)
    )
    parts = (
        select(literal(CommentStatus.APPROVED, Comment.status.type), approved),
        select(Comment.status, func.count()).where(rest).group_by(Comment.status),
        hidden,
    )
    counts = Counter[CommentStatus]()
    for status, count in db.session.execute(union_all(*parts)):
        counts[status] += count
    return counts


def _with_people() -> Select[Comment]:
    return (
        select(Comment)
        .join(Comment.post)
        .options(contains_eager(Comment.post), joinedload(Comment.author, innerjoin=True))
    )


def _one(statement: Select[Comment]) -> Comment:
    comment = db.session.scalar(statement)
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment
