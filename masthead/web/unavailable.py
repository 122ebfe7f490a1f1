"""Responses 503 and 507, for databases, disks and servers that are full, read-only, busy or away.

Each logs one line without a traceback: the cause is outside of this program, and the same for every request until it
is fixed.
"""

import errno
from http import HTTPStatus
from typing import Final

import lmdb
import structlog
from flask import Flask, Response

from masthead.db import Failure, db, failure_of, failures, reason_of
from masthead.outbound.errors import Unreachable
from masthead.pagecache import note_outage
from masthead.storage.errors import StoreFull, StoreReadOnly, StoreUnavailable
from masthead.web import errors

log = structlog.get_logger(__name__)

RETRY_SECONDS: Final = 5
#: Seconds after which to retry a third party's server, longer than for our own.
SERVICE_RETRY_SECONDS: Final = 30
SENTENCES: Final = {
    Failure.FULL: errors.SENTENCES[507],
    Failure.READ_ONLY: (
        "The site can be read, but nothing can be saved right now. Keep your text, and try again in a few minutes."
    ),
    Failure.BUSY: "Many people are writing at this moment. Wait a few seconds, and try again.",
    Failure.AWAY: errors.SENTENCES[503],
}
NO_PICTURES: Final = "The site cannot reach its pictures right now. Try again in a moment."
NO_SERVICE: Final = (
    "A server of somebody else, which is needed for this, does not answer right now. Try again in a moment."
)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    for kind in failures.KINDS:
        app.register_error_handler(kind, _database_error)
    app.register_error_handler(StoreUnavailable, _store_error)
    app.register_error_handler(Unreachable, _service_error)
    app.register_error_handler(lmdb.DiskError, _counter_error)
    app.register_error_handler(OSError, _system_error)


def _database_error(error: Exception) -> Response:
    db.session.rollback()
    failure = failure_of(error)
    if failure is None:
        # The statement itself was wrong: a bug, reported as one.
        raise error
    if failure is Failure.AWAY:
        note_outage()
    return _answer(failure, reason_of(error))


def _answer(failure: Failure, reason: str) -> Response:
    log.error("the database cannot be used", failure=failure.name.lower().replace("_", " "), reason=reason)
    detail = SENTENCES[failure]
    if failure is Failure.FULL:
        return errors.answer(HTTPStatus.INSUFFICIENT_STORAGE, detail)
    return later(detail, is_bare=failure is Failure.AWAY)


def later(detail: str, *, seconds: int = RETRY_SECONDS, is_bare: bool = False) -> Response:
    """Answer 503 with Retry-After."""
    response = errors.answer(HTTPStatus.SERVICE_UNAVAILABLE, detail, is_bare=is_bare)
    response.headers["Retry-After"] = str(seconds)
    return response


def _store_error(error: StoreUnavailable) -> Response:
    db.session.rollback()
    log.error("the store of pictures cannot be used", reason=str(error))
    if isinstance(error, StoreFull):
        return errors.answer(HTTPStatus.INSUFFICIENT_STORAGE, SENTENCES[Failure.FULL])
    return later(SENTENCES[Failure.READ_ONLY] if isinstance(error, StoreReadOnly) else NO_PICTURES)


def _service_error(error: Unreachable) -> Response:
    db.session.rollback()
    log.error("a server that a request needs does not answer", reason=str(error))
    return later(NO_SERVICE, seconds=SERVICE_RETRY_SECONDS)


def _counter_error(error: Exception) -> Response:
    log.error("the counters of limits cannot be written", reason=str(error))
    return errors.answer(HTTPStatus.INSUFFICIENT_STORAGE, SENTENCES[Failure.FULL])


def _system_error(error: OSError) -> Response:
    """Handle a file that cannot be written; every other operating system error is a bug."""
    db.session.rollback()
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _answer(Failure.FULL, str(error))
    if error.errno == errno.EROFS:
        return _answer(Failure.READ_ONLY, str(error))
    raise error
