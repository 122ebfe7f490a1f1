"""Connection draining: a server that is being replaced closes each connection after its next response."""

import mmap
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Environment variable with the descriptor of a one-byte file, which the supervisor sets to 1.
FLAG: Final = "MASTHEAD_DRAINING_FD"


def init_app(app: Flask) -> None:
    """Install the middleware if a supervisor runs this server."""
    app.wsgi_app = Draining(app.wsgi_app, flag()) if FLAG in os.environ else app.wsgi_app  # type: ignore[method-assign]


def flag() -> Callable[[], bool]:
    """Map the supervisor's flag into memory."""
    memory = mmap.mmap(int(os.environ[FLAG]), 1, access=mmap.ACCESS_READ)
    return lambda: memory[0] != 0


class Draining:
    """A WSGI middleware that closes connections after their next response."""

    def __init__(self, app: "WSGIApplication", is_draining: Callable[[], bool]) -> None:
        self._app = app
        self._is_draining = is_draining

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if not self._is_draining():
            return self._app(environ, start_response)

        def close_after(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], exc_info)

        return self._app(environ, close_after)
