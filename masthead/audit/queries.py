"""Queries of the audit log."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select

from masthead.audit.models import AuditEvent
from masthead.db import db

KEPT_DAYS = 400
#: Prefixes of actions whose subject is the title of a text, not a person.
TEXTS = ("post", "page", "comment", "tag", "import", "export")


def events(
    *,
    action: str = "",
    actor: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[AuditEvent]:
    """Select the filtered events, the newest first. ``action`` may be a prefix: ``sign_in``."""
    statement = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        statement = statement.where(
            (AuditEvent.action == action) | AuditEvent.action.startswith(f"{action}.", autoescape=True)
        )
    if actor:
        statement = statement.where(AuditEvent.actor_name == actor)
    if subject:
        statement = statement.where(AuditEvent.subject == subject)
    if since is not None:
        statement = statement.where(AuditEvent.at >= since)
    if until is not None:
        statement = statement.where(AuditEvent.at < until)
    return statement


def actions() -> Select[str]:
    """List the actions that occur in the log."""
    return select(AuditEvent.action).distinct().order_by(AuditEvent.action)


def forget(*, before: datetime) -> None:
    """Delete older records; called by the schedule alone."""
    db.session.execute(delete(AuditEvent).where(AuditEvent.at < before))


def retention() -> timedelta:
    """Return the retention of records."""
    return timedelta(days=KEPT_DAYS)


def about(actor_id: int, subjects: Sequence[str]) -> Select[AuditEvent]:
    """Select the actions of a person and those on them, the oldest first."""
    # A text's title may equal a person's name; its events are not part of their personal data.
    is_text = or_(*(AuditEvent.action.startswith(f"{kind}.") for kind in TEXTS))
    is_about = AuditEvent.subject.in_(subjects) & ~is_text
    return select(AuditEvent).where((AuditEvent.actor_id == actor_id) | is_about).order_by(AuditEvent.id)


def events_on(action: str, subjects: Sequence[str], *, since: datetime) -> Select[AuditEvent]:
    """Select the actions on these subjects, the oldest first."""
    return (
        select(AuditEvent)
        .where(AuditEvent.action == action, AuditEvent.subject.in_(subjects), AuditEvent.at >= since)
        .order_by(AuditEvent.id)
    )
