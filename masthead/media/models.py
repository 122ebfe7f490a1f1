"""Stored images."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier

NAME_CHARACTERS = 200
ALT_CHARACTERS = 1_000


class Media(Base):
    """An image. Its file never changes: other content is another image, at another path."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: The path below `/media/` and the key of the file; derived from the content hash, so nobody can guess it.
    path: Mapped[str] = mapped_column(String(100), unique=True)
    #: SHA-256 of the served file.
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: SHA-256 of the uploaded file.
    source_hash: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    #: In bytes.
    size: Mapped[int]
    alt: Mapped[str] = mapped_column(default="")
    #: The original file name; displayed, never used as a path.
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class ExternalPicture(Base):
    """An image of another site in a text: its local copy, or the reason for its absence."""

    __tablename__ = "external_picture"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the URL, which can be longer than an index entry.
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str]
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), index=True)
    #: A sentence for the writer; empty if there is a copy.
    problem: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime]
