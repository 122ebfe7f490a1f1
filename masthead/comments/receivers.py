"""Signal receivers that export and transfer a person's comments."""

from sqlalchemy import select, update

from masthead.account_deletion.signals import ContentTransfer
from masthead.comments.models import Comment
from masthead.db import db
from masthead.features import PersonalDataSection
from masthead.people.models import User


def export_comments(user: User) -> list[PersonalDataSection]:
    """Export the comments that the person wrote, including rejected and deleted ones."""
    names = ("id", "post_id", "parent_id", "body", "status", "created_at", "edited_at", "decided_at")
    comments = db.session.scalars(select(Comment).where(Comment.author_id == user.id).order_by(Comment.id))
    rows = [{name: getattr(comment, name) for name in names} for comment in comments]
    return [PersonalDataSection("comments", "Your comments", rows)]


def transfer_comments(transfer: ContentTransfer) -> None:
    """Transfer the comments to the account of former members, if the person wants them kept."""
    if transfer.comments_to is not None:
        statement = update(Comment).where(Comment.author_id == transfer.user.id)
        db.session.execute(statement.values(author_id=transfer.comments_to.id))
