"""One row for each audited action. Triggers in the migrations refuse every UPDATE, and every DELETE before its time."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier


class AuditEvent(Base):
    """An audited action. The actor's name is stored beside the id, since accounts can be deleted."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_action_id", "action", "id"),
        Index("ix_audit_event_actor_id", "actor_id"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = mapped_column(Identifier)
    actor_name: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200))
    #: Network of the request (`masthead.text.addresses.truncated`); empty for the shell and for tasks.
    address: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
