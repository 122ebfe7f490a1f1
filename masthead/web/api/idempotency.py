"""``Idempotency-Key``: a request that is sent again, since its answer was lost, does nothing a second time.

The rules are Stripe's (https://docs.stripe.com/api/idempotent_requests). The key is stored by the commit of the action
itself, so an action is never done without its key; what was answered is added right after. Requests that were refused
before they changed anything leave no key, and can be sent again under the same one.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import JSON, ForeignKey, Index, String, Text, delete, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.exceptions import BadRequest

from masthead import clock
from masthead.db import Base, claim, db, snapshot
from masthead.errors import Conflict, Invalid
from masthead.jobs import periodic

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
PATTERN = r"^[!-~]{1,255}$"
#: What is answered again beside status and text.
HEADERS = ("Content-Type", "ETag", "Location")

_BAD_KEY = "An Idempotency-Key has 1 to 255 letters, digits and signs of ASCII."
_OTHER = "This Idempotency-Key was used for another request. Use a new one for each."
_IN_USE = (
    "A request with this Idempotency-Key is being carried out, or its answer was lost. Read what stands before "
    "you send it again."
)


class UsedKey(Base):
    """A key under which something was done, with what was answered; no status until that is known."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        Index("ix_idempotency_key_created_at", "created_at"),
        Index("ix_idempotency_key_user_id", "user_id"),
    )

    #: A hash of the account and the key, since clients put all kinds of things into keys.
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


def init_app(_app: Flask) -> None:
    """Store the key of a request with whatever it commits."""
    if not event.contains(db.session, "before_commit", _store_key):
        event.listen(db.session, "before_commit", _store_key)


def earlier_answer() -> Response | None:
    """What was answered to the same request before; None for a new one, whose key is then stored by its commit."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not re.fullmatch(PATTERN, key):
        raise BadRequest(_BAD_KEY)
    name = _hash(str(g.api_account), key)
    with snapshot() as session:
        used = session.scalar(select(UsedKey).where(UsedKey.name == name, UsedKey.created_at > _limit()))
    if used is None:
        g.idempotency_key = name
        return None
    if used.fingerprint != _fingerprint():
        raise Invalid(_OTHER, field=HEADER)
    if used.status is None:
        raise Conflict(_IN_USE)
    response = current_app.response_class(used.body, status=used.status)
    response.headers.pop("Content-Type", None)
    response.headers.update(used.headers | {REPLAYED: "true", "Cache-Control": "private, no-cache"})
    return response


def keep(response: Response) -> None:
    """Add what was answered to the key that the commit has stored; commits."""
    name = g.pop("idempotency_key", None)
    if name is None or not g.pop("idempotency_key_is_stored", False):
        return
    headers = {header: response.headers[header] for header in HEADERS if header in response.headers}
    db.session.execute(
        update(UsedKey)
        .where(UsedKey.name == name)
        .values(status=response.status_code, headers=headers, body=response.get_data(as_text=True))
    )
    db.session.commit()


def _store_key(_session: Session) -> None:
    """Before the commit of a request that has a key: of several at once, one commits, and the others undo all."""
    if not has_request_context() or "idempotency_key" not in g or "idempotency_key_is_stored" in g:
        return
    name = g.idempotency_key
    db.session.execute(delete(UsedKey).where(UsedKey.name == name, UsedKey.created_at <= _limit()))
    is_ours = claim(
        UsedKey,
        UsedKey.name,
        name,
        user_id=g.api_account,
        fingerprint=_fingerprint(),
        status=None,
        headers={},
        body="",
        created_at=clock.now(),
    )
    if not is_ours:
        raise Conflict(_IN_USE)
    g.idempotency_key_is_stored = True


def _fingerprint() -> str:
    return _hash(request.method, request.full_path, request.headers.get("If-Match", ""), request.get_data())


def _hash(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


def _limit() -> datetime:
    return clock.now() - KEPT


@periodic("api.forget_old_keys", every=timedelta(hours=1))
def forget_old() -> None:
    """Delete the keys that count no more."""
    db.session.execute(delete(UsedKey).where(UsedKey.created_at <= _limit()))
    db.session.commit()
