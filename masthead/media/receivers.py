"""Signal receivers that export and transfer a person's images. Without a recipient, images have no owner."""

from sqlalchemy import select, update

from masthead.account_deletion.signals import ContentTransfer
from masthead.db import db
from masthead.features import PersonalDataSection
from masthead.media.models import Media
from masthead.people.models import User


def export_media(user: User) -> list[PersonalDataSection]:
    """Export the images that the person uploaded."""
    names = ("path", "name", "alt", "media_type", "width", "height", "size", "created_at")
    pictures = db.session.scalars(select(Media).where(Media.owner_id == user.id).order_by(Media.id))
    rows = [{name: getattr(picture, name) for name in names} for picture in pictures]
    return [PersonalDataSection("pictures", "Your pictures", rows)]


def transfer_media(transfer: ContentTransfer) -> None:
    """Transfer the images to the recipient of the posts that show them."""
    if transfer.posts_to is not None:
        statement = update(Media).where(Media.owner_id == transfer.user.id)
        db.session.execute(statement.values(owner_id=transfer.posts_to.id))
