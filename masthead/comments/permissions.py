"""Who may do what with a comment. Who may read one is a condition of every query: see `masthead.comments.queries`."""

from datetime import datetime, timedelta
from typing import Protocol

from masthead.comments.models import Comment, CommentStatus
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.models import Post

#: How long its author can change a comment after sending it.
EDIT_WINDOW = timedelta(minutes=15)


class Discussed(Protocol):
    """What of a post decides whether it takes comments."""

    @property
    def comments_open(self) -> bool:
        """Whether its authors want any."""

    @property
    def is_published(self) -> bool:
        """Whether readers can see it."""


def can_comment(by: User | None, post: Discussed) -> bool:
    """Whoever may comment at all can do it below what is public and open."""
    return by is not None and by.can(Permission.COMMENT) and is_open(post)


def is_open(post: Discussed) -> bool:
    """Whether the post takes comments now."""
    return post.comments_open and post.is_published


def can_moderate(by: User | None) -> bool:
    """Moderators decide on every comment that they can see."""
    return by is not None and by.can(Permission.MODERATE)


def is_trusted_below(post: Post, by: User) -> bool:
    """Comments of moderators, and of those who wrote the post, wait for nobody."""
    return (
        can_moderate(by) or by.id == post.author_id or any(row.user_id == by.id for row in post.byline_rows)
    )


def can_revise(by: User | None, comment: Comment, *, at: datetime) -> bool:
    """Authors change their own comments for a while; nobody puts words into another's mouth."""
    if by is None or by.id != comment.author_id:
        return False
    return by.can(Permission.COMMENT) and at < comment.created_at + EDIT_WINDOW


def can_delete(by: User | None, comment: Comment) -> bool:
    """Authors take back their own comments at any time, moderators remove any."""
    return by is not None and (by.id == comment.author_id or can_moderate(by))


def can_restore(by: User, comment: Comment) -> bool:
    """Moderators bring back what still has its text, unless somebody else wrote it and has deleted it themselves."""
    if not comment.body:
        return False
    was_taken_back = comment.status is CommentStatus.DELETED and comment.decided_by_id == comment.author_id
    return can_moderate(by) and (not was_taken_back or by.id == comment.author_id)
