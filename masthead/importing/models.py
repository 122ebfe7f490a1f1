"""Records of earlier imports, by which a second import finds the items that it has stored."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier


class ImportedItem(Base):
    """An item that became a post, a page or a redirect. Without both ids it is a redirect to a URL, or was deleted here.

    Rows of the kinds "author" and "topic" have the fingerprint of the description that the import wrote.
    """

    __tablename__ = "imported_item"
    __table_args__ = (
        Index("ix_imported_item_source", "source"),
        Index("ix_imported_item_post_id", "post_id"),
        Index("ix_imported_item_page_id", "page_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of source and path, because paths may be too long for an index.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(200))
    path: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"))
    #: The slug that the item asked for, and the slug that it got; links in other texts use the second.
    wanted_slug: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(200))
    #: SHA-256 of everything that was stored; an equal fingerprint means that nothing changed.
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: The version after the import; a higher version now means that the text was edited here.
    version: Mapped[int]
    imported_at: Mapped[datetime]
    #: SHA-256 of the comments below the text; an equal fingerprint means that there is no new one.
    comments_fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))


class ImportedComment(Base):
    """A comment that was imported. Without the id it was deleted here, and does not come again."""

    __tablename__ = "imported_comment"
    __table_args__ = (
        Index("ix_imported_comment_item_id", "item_id"),
        Index("ix_imported_comment_comment_id", "comment_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the item's key and of the comment's key in the source.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("imported_item.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"))


class ImportedAuthor(Base):
    """The user that stands for an author of a source."""

    __tablename__ = "imported_author"
    __table_args__ = (Index("ix_imported_author_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: SHA-256 of the source and of the author's key in it.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
