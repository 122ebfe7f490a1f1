"""Tables of preview links and of the notes that their visitors leave."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from masthead.db import Base, Identifier
from masthead.people.models import User

NOTE_NAME_CHARACTERS = 100


class PreviewLink(Base):
    """A secret link to the working copy of a post, for people without an account."""

    __tablename__ = "preview_link"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    #: Random; the link's signature is made from it and the secret key, so a copy of the database opens no preview.
    salt: Mapped[str] = mapped_column(String(32))
    takes_notes: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    created_by: Mapped[User] = relationship(lazy="raise", innerjoin=True)


class PreviewNote(Base):
    """A note that a visitor of a preview left for its writers. It outlives the link."""

    __tablename__ = "preview_note"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NOTE_NAME_CHARACTERS), default="")
    body: Mapped[str]
    created_at: Mapped[datetime]
