"""Permissions on comments. Queries check the right to read one: see `masthead.comments.queries`."""

from datetime import datetime, timedelta
from typing import Protocol

from masthead.comments.models import Comment, CommentStatus
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.models import Post

#: The time in which authors can change a comment after sending it.
EDIT_WINDOW = timedelta(minutes=15)


class Commentable(Protocol):
    """The attributes of a post that decide whether it takes comments."""

    @property
    def comments_open(self) -> bool:
        """True if its authors allow comments."""

    @property
    def is_published(self) -> bool:
        """True if readers can see it."""


def can_comment(by: User | None, post: Commentable) -> bool:
    """Return whether the person may comment below the post, which must be public and open."""
    return by is not None and by.can(Permission.COMMENT) and is_open(post)


def is_open(post: Commentable) -> bool:
    """Return whether the post takes comments now."""
    return post.comments_open and post.is_published


def can_moderate(by: User | None) -> bool:
    """Return whether the person may moderate comments."""
    return by is not None and by.can(Permission.MODERATE)


def is_trusted_below(post: Post, by: User) -> bool:
    """Return whether the person's comments skip moderation: those of moderators and of the post's authors do."""
    return (
        can_moderate(by) or by.id == post.author_id or any(row.user_id == by.id for row in post.byline_rows)
    )


def can_revise(by: User | None, comment: Comment, *, at: datetime) -> bool:
    """Return whether the person may change the comment: authors may for a while, nobody else ever."""
    if by is None or by.id != comment.author_id:
        return False
    return by.can(Permission.COMMENT) and at < comment.created_at + EDIT_WINDOW


def can_delete(by: User | None, comment: Comment) -> bool:
    """Return whether the person may delete the comment: authors their own at any time, moderators any."""
    return by is not None and (by.id == comment.author_id or can_moderate(by))


def can_restore(by: User, comment: Comment) -> bool:
    """Return whether a moderator may restore the comment: only authors undo their own deletion."""
    if not comment.body:
        return False
    was_taken_back = comment.status is CommentStatus.DELETED and comment.decided_by_id == comment.author_id
    return can_moderate(by) and (not was_taken_back or by.id == comment.author_id)
