"""Writing the log. Nothing here commits: the deed and its record are one transaction."""

from typing import Any, Protocol

import structlog
from flask import has_request_context, request

from masthead import clock
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs import current_job
from masthead.text.addresses import truncated


class Actor(Protocol):
    """Who did it; in practice a user, whom this layer does not know."""

    @property
    def id(self) -> int: ...

    @property
    def username(self) -> str: ...


def record(action: str, *, by: Actor | None, subject: str = "", **details: Any) -> None:
    """Note that ``by`` did something; without anybody it was a visitor, a task or the shell."""
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
    """The same value with each text in it made visible."""
    if isinstance(value, dict):
        return {key: _visible_in(part) for key, part in value.items()}
    return visible(value) if isinstance(value, str) else value


def _nobody() -> str:
    if has_request_context():
        return "visitor"
    return "background task" if current_job.is_working() else "shell"


def visible(text: str) -> str:
    """The text with whatever could move a cursor or begin a line written out, so that it cannot forge an entry."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )
