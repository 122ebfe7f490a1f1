"""Normalises the WSGI environment of all servers, and applies the headers of trusted proxies.

gunicorn and granian read headers differently, and Werkzeug's ProxyFix takes any value. Here the scheme is http or
https, the client's address is an IP address, and malformed requests that a server let through are refused.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from flask import Flask

from masthead.config import Config
from masthead.text.addresses import parsed
from masthead.web.middleware.refusals import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

#: Environment key of the connection's own address, unaffected by proxy headers.
PEER: Final = "masthead.peer"
#: The limit of gunicorn.
HEADER_BYTES: Final = 8_190
SCHEMES: Final = frozenset({"http", "https"})
#: Headers from which gunicorn derives the scheme by itself.
OF_SCHEMES: Final = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PROTOCOL", "HTTP_X_FORWARDED_SSL")
#: File with the last unreadable client address, for `masthead check`.
NOTE_NAME: Final = "refused-address.txt"
NOTE_SECONDS: Final = 60.0
NOTE_CHARACTERS: Final = 100


def init_app(app: Flask, config: Config) -> None:
    """Install the middleware outside of everything that reads the environment."""
    app.wsgi_app = Proxies(  # type: ignore[method-assign]  # as Flask documents it
        app.wsgi_app, hops=config.TRUSTED_PROXIES, note=config.MASTHEAD_HOME / NOTE_NAME
    )


class Proxies:
    """A WSGI middleware that determines the client's address, the scheme and the host."""

    def __init__(self, app: "WSGIApplication", *, hops: int, note: Path) -> None:
        self._app = app
        self._hops = hops
        self._note = note
        self._noted_at = -NOTE_SECONDS

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        status = _refusal(environ)
        if status is not None:
            return refuse(status, f"{status.description}.", environ, start_response, closes_connection=True)
        environ[PEER] = environ.get("REMOTE_ADDR", "")
        if self._hops:
            self._believe(environ)
        elif any(name in environ for name in OF_SCHEMES):
            environ["wsgi.url_scheme"] = "http"
        return self._app(environ, start_response)

    def _believe(self, environ: "WSGIEnvironment") -> None:
        """Apply the values of the last trusted proxy."""
        said: Callable[[str], str | None] = lambda name: self._said(environ.get(f"HTTP_X_FORWARDED_{name}"))  # noqa: E731
        reader, scheme, host = said("FOR"), said("PROTO"), said("HOST")
        if reader is not None:
            address = parsed(reader)
            if address is None:
                self._tell(reader)
            else:
                environ["REMOTE_ADDR"] = str(address)
        if scheme is not None and scheme.lower() in SCHEMES:
            environ["wsgi.url_scheme"] = scheme.lower()
        if host is not None:
            environ["HTTP_HOST"] = host

    def _said(self, header: str | None) -> str | None:
        """Return the value that the outermost trusted proxy has added; None if there are fewer values than proxies."""
        values = [value.strip() for value in (header or "").split(",")]
        return values[-self._hops] or None if len(values) >= self._hops else None

    def _tell(self, value: str) -> None:
        """Record that the proxy sends no readable address: until that is fixed, all of its clients count as one."""
        now = time.monotonic()
        if now - self._noted_at < NOTE_SECONDS:
            return
        self._noted_at = now
        shown = ascii(value[:NOTE_CHARACTERS])
        log.error("X-Forwarded-For holds no address; the reader is counted as the proxy", value=shown)
        try:
            self._note.write_text(shown, encoding="ascii")
        except OSError as error:
            log.warning("the note for `masthead check` cannot be written", error=str(error))


def _refusal(environ: "WSGIEnvironment") -> HTTPStatus | None:
    """Return the reason for which one of the two servers would have refused this request."""
    if not environ["REQUEST_METHOD"].isupper():
        return HTTPStatus.BAD_REQUEST
    if environ.get("HTTP_EXPECT", "100-continue").lower() != "100-continue":
        return HTTPStatus.EXPECTATION_FAILED
    for name, value in environ.items():
        if name.startswith("HTTP_") and len(value) > HEADER_BYTES:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return None
