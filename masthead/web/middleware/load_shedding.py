"""Refusing what cannot be answered in time, instead of letting everybody wait for ever.

A server hands requests to its threads and lets the others queue, however long that takes; who waits longer than they
want to asks again, and the queue grows. So the server has more threads than can work at a time. Those that find no
place wait for one, but not for long and not many of them; the others are refused at once, in a few microseconds, and
come back later (503, RFC 9110, section 15.6.4). Answers from memory need no place: readers notice nothing.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from flask import Flask, has_request_context, request

from masthead.web.middleware.concurrency_limiter import WaitingRoom
from masthead.web.middleware.refusals import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

#: Requests of one process that are worked on at the same time; each may hold a connection to the database.
PLACES: Final = 16
#: So many more wait for a place, in the order in which they came, and so long. It is about as many as are answered in
#: that time, if all of them write.
WAITING: Final = 240
WAIT_SECONDS: Final = 8.0
RETRY_SECONDS: Final = 5
#: Where a request finds the room that its place is in.
ROOM: Final = "masthead.overload.room"
#: Whoever asks whether the process lives must not be told that it is busy, or it would be replaced.
PROBES: Final = ("/health", "/metrics")
SENTENCE: Final = "The site has more to do than it can at the moment. Try again in a few seconds."


def init_app(app: Flask) -> None:
    """Give the requests that the application works on a number of places."""
    app.wsgi_app = LoadShedding(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it


@contextmanager
def place_left() -> Iterator[None]:
    """Let another request have the place of this one while it waits for something else than the processor."""
    room: WaitingRoom | None = request.environ.get(ROOM) if has_request_context() else None
    with nullcontext() if room is None else room.left_meanwhile():
        yield


class LoadShedding:
    """A WSGI middleware that hands a request on when there is a place for it."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        places: int = PLACES,
        waiting: int = WAITING,
        seconds: float = WAIT_SECONDS,
    ) -> None:
        self._app = app
        self._room = WaitingRoom(places=places, waiting=waiting, seconds=seconds)
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
            # One line a second: a line for each would cost more than the answers.
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
