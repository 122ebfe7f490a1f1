"""Files of the media library, their variants, the places that use them, and unfinished uploads."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from masthead import pagecache
from masthead.db import Base, Identifier
from masthead.media.cache_topics import MEDIA, MEDIUM
from masthead.people.models import User

NAME_CHARACTERS = 200
ALT_CHARACTERS = 1_000
CAPTION_CHARACTERS = 2_000
CREDIT_CHARACTERS = 300
LICENCE_CHARACTERS = 300
PATH_CHARACTERS = 100
TOKEN_CHARACTERS = 40


class FileKind(StrEnum):
    """The kinds of files, each with its own way of being shown."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    CAPTIONS = "captions"


class MediaStatus(StrEnum):
    """The state of a file's variants. The file itself is served in each of them."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class _Insert(Protocol):
    """The context that SQLAlchemy passes to a column default."""

    def get_current_parameters(self) -> dict[str, Any]: ...


def _path(context: _Insert) -> str:
    path: str = context.get_current_parameters()["path"]
    return path


class Media(Base):
    """A file of the library. Its address stays; the file behind it can be edited and replaced."""

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("focal_x BETWEEN 0 AND 1 AND focal_y BETWEEN 0 AND 1", name="focal_point"),
        # The library, newest first: all of it, of one kind, of one person. The first holds every column of the
        # condition, so that counting reads no row. It is partial: behind a condition on another column, neither
        # database would take its order.
        Index(
            "ix_media_library",
            "created_at",
            "id",
            "is_shared",
            "owner_id",
            "kind",
            sqlite_where=text("trashed_at IS NULL"),
            postgresql_where=text("trashed_at IS NULL"),
        ),
        Index("ix_media_kind_created_at_id", "kind", "created_at", "id"),
        # Also the sum of the sizes, for the quota.
        Index("ix_media_owner_id_created_at_id", "owner_id", "created_at", "id", "size"),
        Index(
            "ix_media_trash",
            "trashed_at",
            "id",
            sqlite_where=text("trashed_at IS NOT NULL"),
            postgresql_where=text("trashed_at IS NOT NULL"),
        ),
        # Pictures that wait for their variants.
        Index("ix_media_status_id", "status", "id"),
        Index("ix_media_key", "key"),
        Index("ix_media_unedited_key", "unedited_key"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: The address below `/media/`: derived from the first content, so nobody can guess it. It never changes.
    path: Mapped[str] = mapped_column(String(PATH_CHARACTERS), unique=True)
    #: The key of the present file in the store.
    key: Mapped[str] = mapped_column(String(PATH_CHARACTERS), default=_path)
    #: The key of the file before it was cropped and turned; None if it was not.
    unedited_key: Mapped[str | None] = mapped_column(String(PATH_CHARACTERS))
    #: SHA-256 of the served file.
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: SHA-256 of the uploaded file.
    source_hash: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(20), default=FileKind.IMAGE, server_default=text("'image'"))
    media_type: Mapped[str] = mapped_column(String(80))
    #: In pixels; 0 for files that are no pictures.
    width: Mapped[int]
    height: Mapped[int]
    #: In bytes.
    size: Mapped[int]
    alt: Mapped[str] = mapped_column(default="")
    #: True if the picture says nothing that the text does not: then it needs no alternative text.
    decorative: Mapped[bool] = mapped_column(default=False, server_default=false())
    caption: Mapped[str] = mapped_column(default="", server_default=text("''"))
    credit: Mapped[str] = mapped_column(default="", server_default=text("''"))
    licence: Mapped[str] = mapped_column(default="", server_default=text("''"))
    #: The point that every crop keeps, as fractions of width and height.
    focal_x: Mapped[float] = mapped_column(Float(53), default=0.5, server_default=text("0.5"))
    focal_y: Mapped[float] = mapped_column(Float(53), default=0.5, server_default=text("0.5"))
    #: The edit of the picture: degrees clockwise, then the cut as fractions of the turned picture.
    rotation: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    crop_left: Mapped[float] = mapped_column(Float(53), default=0.0, server_default=text("0"))
    crop_top: Mapped[float] = mapped_column(Float(53), default=0.0, server_default=text("0"))
    crop_width: Mapped[float] = mapped_column(Float(53), default=1.0, server_default=text("1"))
    crop_height: Mapped[float] = mapped_column(Float(53), default=1.0, server_default=text("1"))
    #: A tiny blurred picture as a data URI.
    placeholder: Mapped[str] = mapped_column(default="", server_default=text("''"))
    status: Mapped[str] = mapped_column(
        String(20), default=MediaStatus.PROCESSING, server_default=text("'processing'")
    )
    #: The reason for a failure, as a sentence.
    problem: Mapped[str] = mapped_column(default="", server_default=text("''"))
    #: False for the picture of somebody who cannot publish, as long as no public text shows it.
    is_shared: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: True once the file at this address has changed: then browsers must ask again.
    is_replaced: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The original file name; displayed, never used as a path.
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Incremented by every change that a person makes, under a lock of the row; not by the making of variants.
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime]
    trashed_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship(lazy="raise")
    variants: Mapped[list["MediaVariant"]] = relationship(
        lazy="raise",
        order_by="MediaVariant.width",
        primaryjoin="and_(MediaVariant.media_id == Media.id, MediaVariant.retired_at.is_(None))",
        viewonly=True,
    )

    @property
    def sizes(self) -> list["MediaVariant"]:
        """The variants that show the whole picture."""
        return [one for one in self.variants if not one.is_crop]


class MediaVariant(Base):
    """A picture in another size or format. Its path is derived from its content, and never has another."""

    __tablename__ = "media_variant"
    __table_args__ = (
        Index("ix_media_variant_media_id", "media_id"),
        Index("ix_media_variant_retired_at", "retired_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    #: The address below `/media/`, and the key in the store.
    path: Mapped[str] = mapped_column(String(PATH_CHARACTERS), unique=True)
    media_type: Mapped[str] = mapped_column(String(80))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    #: True for the picture of a card, which no `srcset` offers.
    is_crop: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Set when the picture was replaced: pages that are open somewhere load the variant for some days more.
    retired_at: Mapped[datetime | None]


class MediaUsage(Base):
    """A text, profile or setting that shows a file; see `masthead.media.usage`."""

    __tablename__ = "media_usage"
    __table_args__ = (Index("ix_media_usage_kind_object_id", "kind", "object_id"),)

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    object_id: Mapped[int] = mapped_column(Identifier, primary_key=True)


class MediaUpload(Base):
    """An upload in parts that is not finished."""

    __tablename__ = "media_upload"
    __table_args__ = (Index("ix_media_upload_created_at", "created_at"),)

    #: The secret in its address.
    token: Mapped[str] = mapped_column(String(TOKEN_CHARACTERS), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS))
    #: The announced length, and the bytes that have arrived.
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
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


#: Columns that no page for readers shows, or that change with others.
UNSHOWN_COLUMNS = frozenset(
    {"id", "source_hash", "unedited_key", "problem", "is_shared", "owner_id", "version", "created_at"}
    | {"rotation", "crop_left", "crop_top", "crop_width", "crop_height"}
)
_SHOWN_COLUMNS = {column.key for column in Media.__table__.columns} - UNSHOWN_COLUMNS

pagecache.watch(
    Media,
    pagecache.rule(_SHOWN_COLUMNS, lambda media: [MEDIUM(media.id)]),
    # An address that showed nothing shows a file now, or no longer.
    pagecache.rule(["path", "trashed_at"], lambda _: [MEDIA]),
    row=MEDIUM,
    statements=[MEDIA, MEDIUM.every],
    inserts=[MEDIA],
)
pagecache.watch(
    MediaVariant,
    pagecache.rule(["path", "media_id", "retired_at"], lambda variant: [MEDIUM(variant.media_id)]),
    statements=[MEDIUM.every],
    inserts=[],
)
