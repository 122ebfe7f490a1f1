"""Database outages: cached pages are served for a bounded time (stale-if-error, RFC 5861, section 4)."""

import threading
import time
from typing import TYPE_CHECKING, Final

import structlog
from flask import has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger(__name__)

#: Environment key by which an error handler reports that the database does not answer.
ENVIRONMENT: Final = "masthead.pagecache.outage"
#: Seconds between two probes during an outage: one request tries the database, and the others do not wait.
RETRY_SECONDS: Final = 1.0


def note_outage() -> None:
    """Report that this request failed because the database does not answer."""
    if has_request_context():
        request.environ[ENVIRONMENT] = True


def has_outage(environ: "WSGIEnvironment") -> bool:
    """Tell if the request failed for that reason."""
    return ENVIRONMENT in environ


class Outage:
    """The state of an outage in one process."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """Replace the lock in a forked child: another thread of the parent may have held it."""
        self._lock = threading.Lock()
        self._began: float | None = None
        self._next_try = float("-inf")

    def is_bridged(self) -> bool:
        """True while cached pages may be served."""
        began = self._began
        return self._seconds > 0 and (began is None or time.monotonic() - began < self._seconds)

    def may_try(self) -> bool:
        """Tell if this request may try the database during an outage."""
        with self._lock:
            now = time.monotonic()
            if now < self._next_try:
                return False
            if self._began is not None:
                self._next_try = now + RETRY_SECONDS
            return True

    def begin(self) -> None:
        """Record that the database did not answer."""
        with self._lock:
            now = time.monotonic()
            is_new, self._began = self._began is None, self._began or now
            self._next_try = now + RETRY_SECONDS
        if is_new:
            log.warning("kept pages go on without the database", seconds=self._seconds)

    def end(self) -> None:
        """Record that the database answered."""
        if self._began is not None:
            with self._lock:
                self._began, self._next_try = None, float("-inf")
            log.warning("the database answers again")
