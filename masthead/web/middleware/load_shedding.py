"""Load shedding: requests that cannot be answered in time are refused instead of queued without end.

A server hands requests to its threads and queues the others for any length of time; clients that have waited too long
retry, and the queue grows. So the server has more threads than may work at a time. A thread without a slot waits
briefly, in a bounded queue; beyond that a request is refused within microseconds and retried later (503, RFC 9110,
section 15.6.4). Responses from the page cache need no slot, so readers are not affected.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from flask import Flask, has_request_context, request

from masthead.web.middleware.concurrency_limiter import ConcurrencyLimiter
from masthead.web.middleware.refusals import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

#: Requests of one process that may work at the same time; each may hold a database connection.
PLACES: Final = 16
#: Length of the queue for a slot, and seconds that each may wait in it. About as many are answered in that time if all
#: of them write.
WAITING: Final = 240
WAIT_SECONDS: Final = 8.0
RETRY_SECONDS: Final = 5
#: Environment key of the limiter that holds the request's slot.
ROOM: Final = "masthead.overload.room"
#: Liveness probes bypass the limiter: a busy process must not be taken for a dead one.
PROBES: Final = ("/health", "/metrics")
SENTENCE: Final = "The site has more to do than it can at the moment. Try again in a few seconds."


def init_app(app: Flask) -> None:
    """Limit the number of requests that the application handles at a time."""
    app.wsgi_app = LoadShedding(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it


@contextmanager
def place_left() -> Iterator[None]:
    """Release the slot of this request while it waits for something other than the processor."""
    room: ConcurrencyLimiter | None = request.environ.get(ROOM) if has_request_context() else None
    with nullcontext() if room is None else room.left_meanwhile():
        yield


class LoadShedding:
    """A WSGI middleware that passes a request on when it has acquired a slot."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        places: int = PLACES,
        waiting: int = WAITING,
        seconds: float = WAIT_SECONDS,
    ) -> None:
        self._app = app
        self._room = ConcurrencyLimiter(places=places, waiting=waiting, seconds=seconds)
        self._told_at = float("-inf")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"].startswith(PROBES):
            return self._app(environ, start_response)
        if not self._room.take():
            return self._refuse(environ, start_response)
        environ[ROOM] = self._room
        try:
            return self._app(environ, start_response)
        finally:
            self._room.leave()

    def _refuse(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        now = time.monotonic()
        if now - self._told_at >= 1:
            # One line a second: a line for each refusal would cost more than the refusals.
            self._told_at = now
            log.warning(
                "requests are refused: there are more than can be answered", path=environ["PATH_INFO"]
            )
        return refuse(
            HTTPStatus.SERVICE_UNAVAILABLE,
            SENTENCE,
            environ,
            start_response,
            title="Busy",
            retry_seconds=RETRY_SECONDS,
        )
