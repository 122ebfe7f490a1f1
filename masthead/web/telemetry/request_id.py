"""Request ids: in the header ``X-Request-ID``, in every log line and on every error page."""

import random
import re
import secrets
import time
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response, g, request

from masthead.web.static_copies import is_static

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HEADER = "X-Request-ID"
#: An id from a proxy is accepted only in this form, which cannot forge log lines.
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")

access_log = structlog.get_logger("masthead.access")


def init_app(app: Flask) -> None:
    """Assign an id to each request, and log the request when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def current() -> str:
    """Return the id of the current request."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if ACCEPTABLE.fullmatch(given) else secrets.token_hex(8)
    request_id: str = g.request_id
    return request_id


def of_environment(environ: "WSGIEnvironment") -> str:
    """Return the id of a request that Flask never sees: the one it brings, or a new one."""
    given = environ.get("HTTP_X_REQUEST_ID")
    if given and ACCEPTABLE.fullmatch(given):
        return str(given)
    # Ids are no secrets, and the system's randomness costs more than the rest of a cached response.
    return f"{random.getrandbits(64):016x}"


def _begin() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=current())


def _end(response: Response) -> Response:
    response.headers[HEADER] = current()
    if is_static():
        # No request of a visitor.
        return response
    milliseconds = (time.perf_counter() - g.started) * 1_000 if "started" in g else 0.0
    access_log.info(
        "request",
        method=request.method,
        path=_path(),
        status=response.status_code,
        milliseconds=round(milliseconds, 1),
    )
    return response


def _path() -> str:
    """Return the requested path; for a URL that holds a secret, its route."""
    if request.url_rule is not None and "token" in (request.view_args or {}):
        return request.url_rule.rule
    return request.path
