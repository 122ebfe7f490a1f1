"""API versions: in the path, or in the header ``API-Version`` for paths without one."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

VERSION = "v1"
_VERSIONED = re.compile(r"/api/v\d+(?:/|$)")
WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Route ``/api/<path>`` to the current version, and name the version in every response."""
    inner = app.wsgi_app

    def versioned(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/api/") and not _VERSIONED.match(path):
            environ["PATH_INFO"] = f"/api/{VERSION}{path.removeprefix('/api')}"
        return inner(environ, start_response)

    app.wsgi_app = versioned  # type: ignore[method-assign]  # as Flask documents it
    app.before_request(_check)
    app.after_request(_name)


def _check() -> None:
    if request.path.startswith("/api/") and request.headers.get("API-Version", VERSION) != VERSION:
        raise BadRequest(f"There is no such version of the API. The present one is {VERSION}.")


def _name(response: Response) -> Response:
    if request.path.startswith("/api/"):
        response.headers["API-Version"] = VERSION
    return response
