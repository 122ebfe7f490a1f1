"""Writes audit records. Never commits: the action and its record share one transaction."""

from typing import Any, Protocol

import structlog
from flask import has_request_context, request

from masthead import clock
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs import current_job
from masthead.text.addresses import truncated


class Actor(Protocol):
    """The acting user, by a protocol: this layer does not know the model."""

    @property
    def id(self) -> int: ...

    @property
    def username(self) -> str: ...


def record(action: str, *, by: Actor | None, subject: str = "", **details: Any) -> None:
    """Record an action of ``by``; None stands for a visitor, a task or the shell."""
    db.session.add(
        AuditEvent(
            at=clock.now(),
            action=action,
            actor_id=by.id if by is not None else None,
            actor_name=visible(by.username if by is not None else _nobody())[:120],
            subject=visible(subject)[:200],
            address=truncated(request.remote_addr) if has_request_context() else "",
            request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
            details=_visible_in(details),
        )
    )


def _visible_in(value: Any) -> Any:
    """Make every text in a value visible."""
    if isinstance(value, dict):
        return {key: _visible_in(part) for key, part in value.items()}
    return visible(value) if isinstance(value, str) else value


def _nobody() -> str:
    if has_request_context():
        return "visitor"
    return "background task" if current_job.is_working() else "shell"


def visible(text: str) -> str:
    """Escape control characters and line breaks, so that a text cannot forge an entry."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )
