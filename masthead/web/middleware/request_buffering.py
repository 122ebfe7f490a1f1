"""Reading bodies before a request is worked on, so that people who send slowly hold nobody else up.

A server thread that waits for the rest of a form can do nothing else, and no WSGI server can take it back. So each body
is read by a thread of its own, which has one of a number of places (`masthead.web.body_places`) and a deadline; the
request that waits for it is answered with 408 when the body comes too slowly, and with 503 when there is no place.
A proxy such as nginx, which hands a request on when it is complete, makes both rare.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final

import structlog
from flask import Flask

from masthead.config import Config
from masthead.text.addresses import customer
from masthead.web import body_limits
from masthead.web.body_places import Arrival, BodyPlaces
from masthead.web.hanging_up import SILENT_SECONDS, hang_up, is_gunicorn, read_no_more
from masthead.web.refusals import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

#: Larger bodies are kept in a file.
MEMORY_BYTES: Final = 1024 * 1024
#: Small, since granian returns a chunk when all of it has come, and a slow sender is to be seen to go on.
CHUNK_BYTES: Final = 4 * 1024
RETRY_SECONDS: Final = 5
JOIN_SECONDS: Final = 2.0
NO_PLACE: Final = (
    "The server is receiving too many forms at the moment. Go back, and send yours again in a minute."
)
TOO_SLOW: Final = "What you sent did not arrive in time. Go back, and send it again."


def init_app(app: Flask, config: Config) -> None:
    """Read the bodies of all requests before they are worked on; call this before what knows proxies."""
    app.wsgi_app = SlowBodies(  # type: ignore[method-assign]  # as Flask documents it
        app.wsgi_app,
        limit=body_limits.limit_for(app),
        places=BodyPlaces(seconds=config.BODY_TIMEOUT_SECONDS, least_rate=config.BODY_BYTES_PER_SECOND),
    )


class SlowBodies:
    """A WSGI middleware that hands a request on when its body is there."""

    def __init__(
        self, app: "WSGIApplication", *, limit: Callable[["WSGIEnvironment"], int], places: BodyPlaces
    ) -> None:
        self._app = app
        self._limit = limit
        self._places = places

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        length = self._length(environ)
        # One that is too long or says nonsense is refused further in, without being read.
        if length is None:
            return self._app(environ, start_response)
        arrival = self._places.take(customer(environ.get("REMOTE_ADDR")))
        if arrival is None:
            read_no_more(environ)
            log.warning("a request is refused: too many bodies arrive", path=environ.get("PATH_INFO", ""))
            return refuse(
                HTTPStatus.SERVICE_UNAVAILABLE,
                NO_PLACE,
                environ,
                start_response,
                title="Busy",
                retry_seconds=RETRY_SECONDS,
                closes=True,
            )
        reading = Reading(environ, length, arrival)
        try:
            reading.start()
            has_come = arrival.await_end()
        finally:
            self._places.leave(arrival)
        if not has_come:
            reading.end_soon()
            return refuse(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW, environ, start_response, closes=True)
        # No view reads the body after it has answered, so the file can go then.
        with reading.body as body:
            body.seek(0)
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


class Reading:
    """The reading of one body, in a thread of its own."""

    def __init__(self, environ: "WSGIEnvironment", length: int, arrival: Arrival) -> None:
        self._environ = environ
        self._source: IO[bytes] = environ["wsgi.input"]
        self._length = length
        self._arrival = arrival
        self.body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)
        self._thread = threading.Thread(target=self._read, name="body", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def _read(self) -> None:
        left = self._length
        try:
            while left > 0 and (chunk := self._source.read(min(left, CHUNK_BYTES))):
                if self._arrival.is_cut:
                    return
                self.body.write(chunk)
                left -= len(chunk)
                self._arrival.note(len(chunk))
        except OSError as error:
            # The sender has gone away; what is missing is noticed further in.
            log.info("a body broke off", error=str(error))
        finally:
            self._arrival.finish()
            if self._arrival.is_cut:
                self.body.close()

    def end_soon(self) -> None:
        """Free the reading thread, with granian once the refusal has left."""
        read_no_more(self._environ)
        # gunicorn reads on by itself after an answer, and nobody else may do so then.
        self._thread.join(JOIN_SECONDS if is_gunicorn(self._environ) else 0)
        if not self._thread.is_alive():
            return
        threading.Thread(target=self._end, args=(time.monotonic(),), name="hang up", daemon=True).start()

    def _end(self, answered_at: float) -> None:
        pause = SILENT_SECONDS + 0.2
        # A busy machine sends the answer late, so this is tried again.
        while self._thread.is_alive() and pause < 60:
            time.sleep(pause)
            hang_up(self._environ, answered_at)
            pause *= 2
