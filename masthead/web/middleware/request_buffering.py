"""Request buffering: a body is read completely before the request is handled, so that slow clients occupy no slot.

A server thread that waits for the rest of a form can do nothing else, and no WSGI server interrupts it. So a limited
number of bodies arrive at a time (`masthead.web.middleware.body_slots`), each with a deadline: when it has passed, a
thread of this process shuts down reading on the connection, and the request gets 408. A request without a slot gets
503. A proxy such as nginx, which buffers requests itself, makes both rare.
"""

import tempfile
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final

import structlog
from flask import Flask

from masthead.config import Config
from masthead.text.addresses import customer
from masthead.web.middleware import body_limits
from masthead.web.middleware.body_deadlines import BodyDeadlines, Stop
from masthead.web.middleware.body_slots import BodySlots, IncomingBody
from masthead.web.middleware.client_sockets import stop_reading
from masthead.web.middleware.refusals import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

#: Larger bodies are spooled to a file.
MEMORY_BYTES: Final = 1024 * 1024
#: Small, because granian returns a chunk only when all of it has arrived, and progress of slow clients must be visible.
CHUNK_BYTES: Final = 4 * 1024
RETRY_SECONDS: Final = 5
NO_PLACE: Final = (
    "The server is receiving too many forms at the moment. Go back, and send yours again in a minute."
)
_SLOW: Final = (
    HTTPStatus.REQUEST_TIMEOUT,
    "What you sent did not arrive in time. Go back, and send it again.",
)
_LONG: Final = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "What you sent is larger than this page accepts. Send less at a time, or a smaller file.",
)


def init_app(app: Flask, config: Config) -> None:
    """Buffer the bodies of all requests; call this before the middleware that knows proxies."""
    app.wsgi_app = RequestBuffering(  # type: ignore[method-assign]  # as Flask documents it
        app.wsgi_app,
        limit=body_limits.limit_for(app),
        places=BodySlots(seconds=config.BODY_TIMEOUT_SECONDS, least_rate=config.BODY_BYTES_PER_SECOND),
    )


class RequestBuffering:
    """A WSGI middleware that passes a request on when its body is complete."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        limit: Callable[["WSGIEnvironment"], body_limits.BodyLimit],
        places: BodySlots,
        stop: Stop = stop_reading,
    ) -> None:
        self._app = app
        self._limit = limit
        self._places = places
        self._deadlines = BodyDeadlines(stop)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        length = self._length(environ)
        # A body that is much too long or malformed is refused further in, without being read.
        if length is None:
            return self._answer(environ, start_response)
        is_kept = bool(environ.get("HTTP_TRANSFER_ENCODING")) or length <= self._limit(environ).kept
        waiting = self._deadlines.begin_work(environ)
        try:
            arrival = self._places.take(customer(environ.get("REMOTE_ADDR")), is_discarded=not is_kept)
        finally:
            self._deadlines.end_work(waiting)
        if arrival is None:
            return self._refuse(environ, start_response)
        _, arrival.heard = waiting
        # No view reads the body after it has answered, so the file can be closed then.
        with tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES) as body:
            try:
                with self._deadlines.watching(environ, arrival):
                    self._copy(environ["wsgi.input"], body if is_kept else None, length, arrival)
            finally:
                self._places.leave(arrival)
            if arrival.is_cut:
                status, sentence = _SLOW if is_kept else _LONG
                return refuse(status, sentence, environ, start_response, closes_connection=True)
            environ["wsgi.input"] = body
            return self._answer(environ, start_response)

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        work = self._deadlines.begin_work(environ)
        try:
            return self._app(environ, start_response)
        finally:
            self._deadlines.end_work(work)

    def _length(self, environ: "WSGIEnvironment") -> int | None:
        """Return the number of bytes to read; None if there is nothing to read."""
        if environ.get("HTTP_TRANSFER_ENCODING"):
            # A chunked body has no length. Reading one byte more than allowed shows further in that it is too long.
            return self._limit(environ).kept + 1
        given = str(environ.get("CONTENT_LENGTH") or "0")
        if not (given.isascii() and given.isdigit() and len(given) < 19):
            return None
        return int(given) if 0 < int(given) <= sum(self._limit(environ)) else None

    @staticmethod
    def _copy(source: IO[bytes], body: IO[bytes] | None, length: int, arrival: IncomingBody) -> None:
        while length > 0 and (chunk := source.read(min(length, CHUNK_BYTES))):
            if arrival.is_cut:
                return
            if body is not None:
                body.write(chunk)
            length -= len(chunk)
            arrival.note(len(chunk))
        if body is not None:
            body.seek(0)

    @staticmethod
    def _refuse(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        log.warning("a request is refused: too many bodies arrive", path=environ.get("PATH_INFO", ""))
        # gunicorn would wait for the rest of the body before it takes the connection's next request.
        if "gunicorn.socket" in environ:
            stop_reading(environ, 0.0, ())
        return refuse(
            HTTPStatus.SERVICE_UNAVAILABLE,
            NO_PLACE,
            environ,
            start_response,
            title="Busy",
            retry_seconds=RETRY_SECONDS,
            closes_connection=True,
        )
