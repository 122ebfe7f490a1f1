"""What was imported from where, so that a second import finds its own work again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier


class ImportedItem(Base):
    """A file that became a post, a page or a redirect. Without a target, somebody has deleted it here since.

    Other kinds are authors and topics: there the fingerprint is that of the words that the import wrote.
    """

    __tablename__ = "imported_item"
    __table_args__ = (
        Index("ix_imported_item_source", "source"),
        Index("ix_imported_item_post_id", "post_id"),
        Index("ix_imported_item_page_id", "page_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the source and the path: paths are longer than an index may hold.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(200))
    path: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"))
    #: The address that the file asked for, and the one that it got; links in other texts use the second.
    wanted_slug: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(200))
    #: SHA-256 of all that was stored; the same again means that there is nothing to do.
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: The version that the import left; a higher one means that somebody has worked on the text since.
    version: Mapped[int]
    imported_at: Mapped[datetime]


class ImportedAuthor(Base):
    """Who was made for an author of a source."""

    __tablename__ = "imported_author"
    __table_args__ = (Index("ix_imported_author_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the source and the author's key there.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
