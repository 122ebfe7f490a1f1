"""What media tells when accounts ask. A picture stays when its owner goes; the database forgets whose it was."""

from sqlalchemy import select, update

from masthead.account_deletion.signals import Farewell, Section, account_closed, personal_data_asked
from masthead.db import db
from masthead.media.models import Media
from masthead.people.models import User


@personal_data_asked.connect
def tell(user: User) -> list[Section]:
    """The pictures that somebody uploaded."""
    names = ("path", "name", "alt", "media_type", "width", "height", "size", "created_at")
    pictures = db.session.scalars(select(Media).where(Media.owner_id == user.id).order_by(Media.id))
    rows = [{name: getattr(picture, name) for name in names} for picture in pictures]
    return [Section("pictures", "Your pictures", rows)]


@account_closed.connect
def hand_over(farewell: Farewell) -> None:
    """Give the pictures to whoever gets the posts that show them."""
    if farewell.posts_to is not None:
        statement = update(Media).where(Media.owner_id == farewell.user.id)
        db.session.execute(statement.values(owner_id=farewell.posts_to.id))
