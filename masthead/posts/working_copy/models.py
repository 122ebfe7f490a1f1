"""Tables of working copies: the journal of differences, kept texts, and who has a post open."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from masthead.db import Base, Identifier
from masthead.media import usage as media_usage
from masthead.people.models import User

CLIENT_CHARACTERS = 64


class WorkingCopy(Base):
    """The newest state of what was typed into a post; a small row, because every autosave writes it."""

    __tablename__ = "working_copy"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    #: The version of the newest entry of the journal.
    version: Mapped[int] = mapped_column(BigInteger)
    #: The revision at which its present part of the journal begins.
    base_number: Mapped[int]
    #: The version of the post whose changes it has.
    post_version: Mapped[int]
    #: False after the text became the post's; the row stays, so that versions never repeat.
    is_open: Mapped[bool] = mapped_column(default=False, server_default=false())
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), index=True)
    changed_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise", innerjoin=True)


class WorkingCopyChange(Base):
    """An entry of the journal: what one autosave changed. Entries are added, and never changed."""

    __tablename__ = "working_copy_change"
    __table_args__ = (
        UniqueConstraint("post_id", "version"),
        Index("ix_working_copy_change_client", "post_id", "user_id", "client", "sequence"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(BigInteger)
    #: The revision whose text these changes continue, together with the entries before.
    base_number: Mapped[int]
    #: See `WorkingCopy.post_version`.
    post_version: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), index=True)
    client: Mapped[str] = mapped_column(String(CLIENT_CHARACTERS))
    sequence: Mapped[int] = mapped_column(BigInteger)
    #: The changes from the state before, as `masthead.posts.working_copy.texts.changes` writes them.
    changes: Mapped[str]
    #: The changes from this state to the text that the client sent, if others' changes were merged into it.
    sent: Mapped[str | None]
    changed_at: Mapped[datetime]


class KeptText(Base):
    """A text that could not become the working copy: it conflicts, or its writer's right to edit has ended."""

    __tablename__ = "kept_text"
    __table_args__ = (UniqueConstraint("post_id", "user_id", "client"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    client: Mapped[str] = mapped_column(String(CLIENT_CHARACTERS))
    sequence: Mapped[int] = mapped_column(BigInteger)
    #: The version that the writer began with.
    base_version: Mapped[int] = mapped_column(BigInteger)
    #: The revision that holds its first state.
    number: Mapped[int]
    text: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: The other fields of the form, if it was one.
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise", innerjoin=True)


class EditingLease(Base):
    """An editor that is open somewhere; autosaves and heartbeats renew it."""

    __tablename__ = "editing_lease"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    client: Mapped[str] = mapped_column(String(CLIENT_CHARACTERS), primary_key=True)
    seen_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise", innerjoin=True)


media_usage.watch_history(KeptText, "revision", ["text", "fields"], id_of=lambda kept: kept.post_id)
