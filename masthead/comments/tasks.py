"""Removes spam and deleted comments for good after a time.

The emails about comments are written in `masthead.comments.emails.tasks`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, Delete, Update, delete, func, select, update
from sqlalchemy.orm import aliased

from masthead import clock
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.jobs import periodic

#: The number of comments that one transaction removes.
PURGED_AT_ONCE = 200


@periodic("comments.purge_removed", every=timedelta(days=1), deletes=True)
def purge_removed() -> None:
    """Remove comments that have long been spam or deleted; one with replies becomes an empty tombstone."""
    days = current_app.config["COMMENT_TRASH_DAYS"]
    if not days:
        return
    due = _is_due(clock.now() - timedelta(days=days))
    answer = aliased(Comment)
    is_answered = select(answer.id).where(answer.parent_id == Comment.id).exists()
    # Leaves first: their parents may become leaves. The conditions are repeated, since a moderator may restore a
    # comment meanwhile.
    while ids := _some(due, ~is_answered):
        _finish(delete(Comment).where(Comment.id.in_(ids), due))
    empty = {"body": "", "html": "", "status": CommentStatus.DELETED}
    while ids := _some(due, Comment.body != ""):
        _finish(update(Comment).where(Comment.id.in_(ids), due).values(empty))


def _some(*conditions: ColumnElement[bool]) -> Sequence[int]:
    return db.session.scalars(select(Comment.id).where(*conditions).limit(PURGED_AT_ONCE)).all()


def _finish(statement: Delete | Update) -> None:
    """Execute the statement, and commit."""
    db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.commit()


def _is_due(before: datetime) -> ColumnElement[bool]:
    removed = Comment.status.in_([CommentStatus.SPAM, CommentStatus.DELETED])
    # The first condition is implied by the last, but it has an index.
    return (
        removed
        & (Comment.created_at < before)
        & (func.coalesce(Comment.decided_at, Comment.created_at) < before)
    )
