"""Pictures that are kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier

NAME_CHARACTERS = 200
ALT_CHARACTERS = 1_000


class Media(Base):
    """A picture. Its file never changes: other content is another picture, at another path."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Below `/media/`, and the file's key; made from the hash of its content, so nobody can guess it.
    path: Mapped[str] = mapped_column(String(100), unique=True)
    #: SHA-256 of the file that readers get.
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: SHA-256 of the file that was handed in.
    source_hash: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    #: In bytes.
    size: Mapped[int]
    alt: Mapped[str] = mapped_column(default="")
    #: What the file was called when it came in; shown, never used as a path.
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class ExternalPicture(Base):
    """A picture of another site that a text shows: its copy here, or why there is none."""

    __tablename__ = "external_picture"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the address, which can be longer than what an index holds.
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str]
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), index=True)
    #: A sentence for the writer; empty where there is a copy.
    problem: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime]
