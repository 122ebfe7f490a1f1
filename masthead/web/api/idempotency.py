"""``Idempotency-Key``: a request that a client retries after a lost response takes effect once.

The rules are Stripe's (https://docs.stripe.com/api/idempotent_requests). The key and the response are stored by the
commit of the action itself, so a crash leaves neither an action without its key nor a key without its response.
Requests that were refused before they changed anything store no key, and can be retried under the same key.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import JSON, ForeignKey, Index, String, Text, delete, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from masthead import clock
from masthead.db import Base, db, insert_unique, snapshot
from masthead.errors import Conflict, Invalid
from masthead.jobs import periodic

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
PATTERN = r"^[!-~]{1,255}$"
#: Headers that a replayed response repeats, beside status and body.
HEADERS = ("Content-Type", "ETag", "Location")

_BAD_KEY = "An Idempotency-Key has 1 to 255 letters, digits and signs of ASCII."
_OTHER = "This Idempotency-Key was used for another request. Use a new one for each."
_IN_USE = "A request with this Idempotency-Key is being carried out. Send it again in a moment."


class UsedKey(Base):
    """A used key with the response that was sent."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        Index("ix_idempotency_key_created_at", "created_at"),
        Index("ix_idempotency_key_user_id", "user_id"),
    )

    #: SHA-256 of account and key: keys are arbitrary client input.
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: None only in rows of a development version, which stored the response later; such a key refuses every retry.
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


def init_app(_app: Flask) -> None:
    """Store the key of a request with its commit."""
    if not event.contains(db.session, "before_commit", _store_key):
        event.listen(db.session, "before_commit", _store_key)


def earlier_answer() -> Response | None:
    """Return the stored response to an earlier request with this key; None for a new key."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not re.fullmatch(PATTERN, key):
        raise BadRequest(_BAD_KEY)
    name = _hash(str(g.api_account), key)
    used = _used(name)
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


def check_overtaken() -> None:
    """Raise `Conflict` if a refusal was caused by a concurrent request with the same key."""
    if "idempotency_key" in g and _used(g.idempotency_key) is not None:
        raise Conflict(_IN_USE)


def _used(name: str) -> UsedKey | None:
    with snapshot() as session:
        return session.scalar(select(UsedKey).where(UsedKey.name == name, UsedKey.created_at > _limit()))


def keep(response: Response) -> None:
    """Store the response with the commit that follows."""
    if "idempotency_key" in g:
        g.idempotency_answer = response


def _store_key(session: Session) -> None:
    """Store the key before the commit: of concurrent requests one commits, and the others roll back."""
    if not has_request_context() or "idempotency_key" not in g or "idempotency_key_is_stored" in g:
        return
    if session.in_nested_transaction():
        # Releasing a savepoint is no commit.
        return
    if "idempotency_answer" not in g:
        raise LookupError("There is no answer to keep: make it by `operations.commit_and_answer`.")
    answer: Response = g.idempotency_answer
    db.session.execute(
        delete(UsedKey).where(UsedKey.name == g.idempotency_key, UsedKey.created_at <= _limit())
    )
    is_ours = insert_unique(
        UsedKey,
        UsedKey.name,
        g.idempotency_key,
        user_id=g.api_account,
        fingerprint=_fingerprint(),
        status=answer.status_code,
        headers={header: answer.headers[header] for header in HEADERS if header in answer.headers},
        body=answer.get_data(as_text=True),
        created_at=clock.now(),
    )
    if not is_ours:
        raise Conflict(_IN_USE)
    g.idempotency_key_is_stored = True


def _fingerprint() -> str:
    named = (request.method, request.full_path, request.headers.get("If-Match", ""))
    if request.mimetype != "multipart/form-data":
        return _hash(*named, request.get_data())
    words = sorted(f"{name}={value}" for name, value in request.form.items(multi=True))
    return _hash(*named, *words, *map(_digest, request.files.values()))


def _digest(file: FileStorage) -> str:
    """Hash a file that may not fit into memory."""
    digest = hashlib.sha256()
    file.stream.seek(0)
    while part := file.stream.read(1 << 20):
        digest.update(part)
    file.stream.seek(0)
    return digest.hexdigest()


def _hash(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


def _limit() -> datetime:
    return clock.now() - KEPT


@periodic("api.forget_old_keys", every=timedelta(hours=1), deletes=True)
def forget_old() -> None:
    """Delete expired keys."""
    db.session.execute(delete(UsedKey).where(UsedKey.created_at <= _limit()))
    db.session.commit()
