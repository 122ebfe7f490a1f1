"""A server that has a successor asks its clients to come back on another connection, before it ends."""

import mmap
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: The environment variable that names a file of one byte, which the supervisor sets to 1.
FLAG: Final = "MASTHEAD_DRAINING_FD"


def init_app(app: Flask) -> None:
    """Look at the supervisor's flag, if there is a supervisor."""
    app.wsgi_app = Draining(app.wsgi_app, flag()) if FLAG in os.environ else app.wsgi_app  # type: ignore[method-assign]


def flag() -> Callable[[], bool]:
    """A look at the supervisor's flag."""
    memory = mmap.mmap(int(os.environ[FLAG]), 1, access=mmap.ACCESS_READ)
    return lambda: memory[0] != 0


class Draining:
    """A WSGI middleware that ends connections after their next answer."""

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
