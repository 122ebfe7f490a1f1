"""Error handlers: a page for people, problem+json (RFC 9457) below ``/api/``.

`masthead.web.unavailable` has those of servers and disks that fail.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    SecurityError,
    TooManyRequests,
)
from werkzeug.exceptions import NotFound as UnknownAddress

from masthead.db import db, reason_of, transactions
from masthead.errors import Busy, Conflict, DomainError, Invalid, NotAllowed, NotFound
from masthead.web import query_strings
from masthead.web.forms import csrf_protection
from masthead.web.limits.throttling import LimitReached
from masthead.web.telemetry import request_id

log = structlog.get_logger(__name__)

LOOKUP = "masthead.lookup"

STATUS: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}
#: The title and advice that people read, by status.
SENTENCES: dict[int, str] = {
    400: "The server could not make sense of this request. Go back, and try it once more.",
    401: "Sign in to see this page.",
    403: "Your account does not have permission to do this. An administrator can change that.",
    404: "There is no page at this address. It may have moved, or the link may be mistyped.",
    405: "This address cannot be used in this way.",
    409: "Somebody else changed this in the meantime. Load the page again, and repeat your change.",
    410: "This page was here for a limited time, and is gone.",
    413: "What you sent is larger than this site accepts. Shorten it, and send it again.",
    414: "This address is longer than any of this site's. Check it, and try again.",
    415: "This address does not accept that kind of data.",
    422: "Some of what you sent cannot be accepted.",
    429: "You did this too often in a short time. Wait a while, and try again.",
    500: "Something went wrong on our side, and it has been recorded. Try again in a moment.",
    503: "The site cannot reach its database right now. Try again in a moment.",
    507: "The site has no room left, so nothing was saved. Keep your text, and tell the people who run the site.",
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.extensions.setdefault(LOOKUP, lambda _path: None)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DomainError, _domain_error)
    query_strings.init_app(app)


def find_unknown_addresses(app: Flask, lookup: Callable[[str], str | None]) -> None:
    """Call ``lookup`` for the path of an unknown URL before it becomes a 404.

    It is not a route that catches all: that would answer 404 where 405 is right.
    """
    app.extensions[LOOKUP] = lookup


def _domain_error(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    fields = error.by_field if isinstance(error, Invalid) else None
    response = make_response(answer(status, error.message, errors=fields))
    if isinstance(error, Busy):
        log.warning("a request is refused", reason=error.message)
        response.headers["Retry-After"] = "5"
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(error, UnknownAddress) and request.url_rule is None and request.method in {"GET", "HEAD"}:
        target = current_app.extensions[LOOKUP](request.path) or _without_slash()
        if target is not None:
            return redirect(target, code=301)
    if error.response is not None:
        return error.get_response()
    status = HTTPStatus(error.code or 500)
    response = make_response(_answer_to(error, status))
    if status is HTTPStatus.UNAUTHORIZED and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, TooManyRequests) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _answer_to(error: HTTPException, status: HTTPStatus) -> Response:
    """Build the response: the error's own message for programs, and the waiting time for people."""
    has_words = error.description != type(error).description
    if has_words and (isinstance(error, LimitReached) or request.path.startswith("/api/")):
        detail = error.description
    else:
        detail = SENTENCES.get(status, status.description)
    return answer(status, detail or status.description, kind=getattr(error, "problem_type", None))


def _without_slash() -> str | None:
    """Return the path without a trailing slash, if a page exists there."""
    path = request.path.rstrip("/")
    adapter = current_app.create_url_adapter(request)
    if not path.startswith("/") or path.startswith("//") or adapter is None:
        return None
    if not adapter.test(path, method="GET"):
        return None
    return f"{path}?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else path


def _expired_form(_error: CSRFError) -> ResponseReturnValue:
    if wants_json():
        return answer(HTTPStatus.BAD_REQUEST, "The request carries no valid form token.")
    return csrf_protection.offer_again()


def wants_json() -> bool:
    """Tell if the response is JSON: below ``/api/``, to a request in JSON, or by the client's Accept header."""
    if request.path.startswith("/api/") or request.mimetype == "application/json":
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def answer(
    status: HTTPStatus,
    detail: str,
    *,
    errors: dict[str, list[str]] | None = None,
    title: str | None = None,
    kind: str | None = None,
    is_bare: bool = False,
) -> Response:
    """Build an error response in the format of this client; a bare page queries no database."""
    if wants_json():
        return problem(status, detail, errors=errors, title=title, kind=kind)
    facts = {
        "status": int(status),
        "title": title or status.phrase,
        "detail": detail,
        # A 404 page is cached for everybody, so it carries no request id.
        "request_id": None if status == HTTPStatus.NOT_FOUND else request_id.current(),
    }
    return current_app.response_class(_page(facts, is_bare=is_bare), status=status, mimetype="text/html")


def _page(facts: dict[str, Any], *, is_bare: bool) -> str:
    """Render the error page; bare without a database or for an untrusted host."""
    if not is_bare and not isinstance(request.routing_exception, SecurityError):
        try:
            # A refused form must not wait in the write queue, so this transaction is read-only.
            with transactions(may_write=False):
                return render_template("errors/error.html", **facts)
        except SQLAlchemyError as error:
            db.session.rollback()
            log.warning("error page without its frame", reason=reason_of(error))
    return current_app.jinja_env.get_template("errors/bare.html").render(facts)


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    errors: dict[str, list[str]] | None = None,
    title: str | None = None,
    kind: str | None = None,
) -> Response:
    """Build a problem+json response (RFC 9457)."""
    members: dict[str, Any] = {
        "type": kind or "about:blank",
        "title": title or status.phrase,
        "status": int(status),
        "detail": detail,
        "request_id": request_id.current(),
    }
    if errors:
        members["errors"] = errors
    response = jsonify(members)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
