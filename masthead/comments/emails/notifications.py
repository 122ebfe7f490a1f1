"""Queues emails about comments in the transaction of the change, at most one for each person."""

from datetime import datetime

from sqlalchemy import select

from masthead import jobs
from masthead.comments.emails import tasks
from masthead.comments.models import Comment
from masthead.db import db
from masthead.mail import delivery
from masthead.people.models import User
from masthead.posts.models import Post, PostByline


def announce(comment: Comment, *, by: User, at: datetime) -> None:
    """Notify the post's authors and the author of the parent comment, once, when the comment becomes public."""
    comment.announced_at = at
    if not delivery.is_on():
        return
    for user_id in sorted(_concerned(comment) - {comment.author_id, by.id}):
        jobs.enqueue(tasks.tell_of_comment, comment.id, user_id, unique_key=f"comment:{comment.id}:{user_id}")


def _concerned(comment: Comment) -> set[int]:
    statement = (
        select(Post.author_id)
        .where(Post.id == comment.post_id)
        .union(
            select(PostByline.user_id).where(PostByline.post_id == comment.post_id),
            select(Comment.author_id).where(Comment.id == (comment.reply_to_id or comment.parent_id)),
        )
    )
    return set(db.session.scalars(statement))


def tell_moderators() -> None:
    """Notify the moderators of a pending comment."""
    if delivery.is_on():
        jobs.enqueue(tasks.tell_moderators, unique_key="comments.tell_moderators")
