"""What happens to comments by the passing of time: spam and deleted ones are removed for good.

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

#: Comments that one transaction removes.
PURGED_AT_ONCE = 200


@periodic("comments.purge_removed", every=timedelta(days=1), deletes=True)
def purge_removed() -> None:
    """Remove what has been spam or deleted for long; of one that was answered, an empty place keeps the answers together."""
    days = current_app.config["COMMENT_TRASH_DAYS"]
    if not days:
        return
    due = _is_due(clock.now() - timedelta(days=days))
    answer = aliased(Comment)
    is_answered = select(answer.id).where(answer.parent_id == Comment.id).exists()
    # The end of a branch first: what stood above it may be the next end. Conditions are repeated, since somebody may
    # restore a comment in this moment.
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
    # The first condition says nothing that the last does not, but there is an index for it.
    return (
        removed
        & (Comment.created_at < before)
        & (func.coalesce(Comment.decided_at, Comment.created_at) < before)
    )
