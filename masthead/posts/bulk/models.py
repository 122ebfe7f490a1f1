"""Changes of many posts: who asked for what, and what became of each post."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from masthead.content.rendering import SLUG_CHARACTERS, TITLE_CHARACTERS
from masthead.db import Base, Identifier
from masthead.people.models import User


class BulkAction(StrEnum):
    """The actions on many posts at once."""

    TAG = "tag"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    TRASH = "trash"
    RESTORE = "restore"
    HAND_OVER = "hand_over"


class BulkState(StrEnum):
    """The state of the whole change."""

    QUEUED = "queued"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class ItemState(StrEnum):
    """The state of one post of the change."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"
    #: Somebody changed the post since, or the right to take it back ended.
    KEPT = "kept"


class BulkChange(Base):
    """A change of many posts, which one person asked for."""

    __tablename__ = "bulk_change"
    __table_args__ = (Index("ix_bulk_change_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(20))
    #: The names of the tags to add.
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: The person to whom posts are handed over.
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=BulkState.QUEUED, server_default=text("'queued'"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    recipient: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[recipient_id])
    items: Mapped[list["BulkItem"]] = relationship(
        lazy="raise", order_by="BulkItem.position", cascade="all, delete-orphan", passive_deletes=True
    )


class BulkItem(Base):
    """One post of a change of many."""

    __tablename__ = "bulk_item"

    change_id: Mapped[int] = mapped_column(ForeignKey("bulk_change.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    #: None if there is no such post for the person, or no more.
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    #: Title and slug at that time: the person may not be allowed to see later ones.
    title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS))
    slug: Mapped[str] = mapped_column(String(SLUG_CHARACTERS))
    state: Mapped[str] = mapped_column(String(20))
    #: A sentence that says why the post is as before.
    message: Mapped[str] = mapped_column(default="", server_default=text("''"))
    #: The version of the post after the change. Any other one says that somebody changed it since.
    version: Mapped[int | None]
    #: What the change replaced.
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
