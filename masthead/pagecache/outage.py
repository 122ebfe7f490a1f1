"""An outage of the database: kept pages go on for a bounded time (stale-if-error, RFC 5861, section 4)."""

import threading
import time
from typing import TYPE_CHECKING, Final

import structlog
from flask import has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger(__name__)

#: Where an error handler notes in the request that the database does not answer.
ENVIRONMENT: Final = "masthead.pagecache.outage"
#: During an outage one request in this time tries whether the database answers again; the others need not wait for that.
RETRY_SECONDS: Final = 1.0


def note_outage() -> None:
    """Note that this request has failed since the database does not answer."""
    if has_request_context():
        request.environ[ENVIRONMENT] = True


def has_outage(environ: "WSGIEnvironment") -> bool:
    """Whether the request of this environment has failed for that reason."""
    return ENVIRONMENT in environ


class Outage:
    """Knows since when the database of one process is away."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.begin_anew()

    def begin_anew(self) -> None:
        """In a forked child: a lock of the parent may be held by a thread that is not here."""
        self._lock = threading.Lock()
        self._began: float | None = None
        self._next_try = float("-inf")

    def is_bridged(self) -> bool:
        """Whether kept pages may still be sent."""
        began = self._began
        return self._seconds > 0 and (began is None or time.monotonic() - began < self._seconds)

    def may_try(self) -> bool:
        """Whether this request asks the database, although it did not answer a moment ago."""
        with self._lock:
            now = time.monotonic()
            if now < self._next_try:
                return False
            if self._began is not None:
                self._next_try = now + RETRY_SECONDS
            return True

    def begin(self) -> None:
        """Note that the database has not answered."""
        with self._lock:
            now = time.monotonic()
            is_new, self._began = self._began is None, self._began or now
            self._next_try = now + RETRY_SECONDS
        if is_new:
            log.warning("kept pages go on without the database", seconds=self._seconds)

    def end(self) -> None:
        """Note that it has answered."""
        if self._began is not None:
            with self._lock:
                self._began, self._next_try = None, float("-inf")
            log.warning("the database answers again")
