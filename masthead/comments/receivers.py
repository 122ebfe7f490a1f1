"""What comments do when accounts ask or go."""

from sqlalchemy import select, update

from masthead.account_deletion.signals import Farewell, Section, account_closed, personal_data_asked
from masthead.comments.models import Comment
from masthead.db import db
from masthead.people.models import User


@personal_data_asked.connect
def tell(user: User) -> list[Section]:
    """The comments that somebody wrote, the rejected and deleted ones as well."""
    names = ("id", "post_id", "parent_id", "body", "status", "created_at", "edited_at", "decided_at")
    comments = db.session.scalars(select(Comment).where(Comment.author_id == user.id).order_by(Comment.id))
    rows = [{name: getattr(comment, name) for name in names} for comment in comments]
    return [Section("comments", "Your comments", rows)]


@account_closed.connect
def hand_over(farewell: Farewell) -> None:
    """Let a former member stand where the person's name stood, if they wanted that."""
    if farewell.comments_to is not None:
        statement = update(Comment).where(Comment.author_id == farewell.user.id)
        db.session.execute(statement.values(author_id=farewell.comments_to.id))
