"""Keeping people who send slowly, by bad luck or on purpose, from holding every thread of the server.

A server thread that waits for the rest of a form can do nothing else, and no WSGI server can take it back. So only a
part of the threads may wait for forms; whoever finds no place is asked to try again, and readers notice nothing.
A proxy such as nginx, which hands a request on when it is complete, makes this rare.
"""

import tempfile
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING

from flask import Flask

from masthead.web.middleware import body_limits
from masthead.web.middleware.concurrency_limiter import WaitingRoom

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Requests of one process that may wait for their bodies at the same time: a small part of the server's threads.
PLACES = 8
#: How long a request waits for a place. A form from a usual connection is read in milliseconds.
WAIT_SECONDS = 0.5
#: So many requests wait for a place, since many people may send a form in one moment; with more of them, waiting would
#: take the threads that it is to save.
WAITING = 100
#: Larger bodies are kept in a file.
MEMORY_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024


def init_app(app: Flask) -> None:
    """Read the bodies of all requests before they are worked on."""
    limit = body_limits.limit_for(app)
    app.wsgi_app = SlowBodies(app.wsgi_app, limit=limit)  # type: ignore[method-assign]  # as Flask documents it


class SlowBodies:
    """A WSGI middleware that hands a request on when its body is there."""

    def __init__(self, app: "WSGIApplication", *, limit: Callable[["WSGIEnvironment"], int]) -> None:
        self._app = app
        self._limit = limit
        self._room = WaitingRoom(places=PLACES, waiting=WAITING, seconds=WAIT_SECONDS)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        length = self._length(environ)
        # One that is too long or says nonsense is refused further in, without being read.
        if length is None:
            return self._app(environ, start_response)
        if not self._room.take():
            return _refuse(start_response)
        # No view reads the body after it has answered, so the file can go then.
        with tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES) as body:
            try:
                self._copy(environ["wsgi.input"], body, length)
            finally:
                self._room.leave()
            environ["wsgi.input"] = body
            return self._app(environ, start_response)

    def _length(self, environ: "WSGIEnvironment") -> int | None:
        """How many bytes to read, if any."""
        if environ.get("HTTP_TRANSFER_ENCODING"):
            # A body in chunks does not say. One byte more than is allowed shows further in that it is too long.
            return self._limit(environ) + 1
        given = str(environ.get("CONTENT_LENGTH") or "0")
        if not (given.isascii() and given.isdigit() and len(given) < 19):
            return None
        return int(given) if 0 < int(given) <= self._limit(environ) else None

    @staticmethod
    def _copy(source: IO[bytes], body: IO[bytes], length: int) -> None:
        while length > 0 and (chunk := source.read(min(length, CHUNK_BYTES))):
            body.write(chunk)
            length -= len(chunk)
        body.seek(0)


def _refuse(start_response: "StartResponse") -> Iterable[bytes]:
    text = (
        b"The server is receiving too many forms at the moment. Go back, and send yours again in a minute.\n"
    )
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(text))),
        ("Retry-After", "30"),
    ]
    start_response("503 Service Unavailable", headers)
    return [text]
