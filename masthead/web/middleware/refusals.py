"""Error responses of middleware in front of Flask: a problem (RFC 9457) for programs, a page for people."""

import html
import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from masthead.web.telemetry.request_id import of_environment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><h1>{title}</h1><p>{sentence}</p></body></html>\n"
)
OF_PROGRAMS: Final = ("application/json", "application/problem+json")


def refuse(
    status: HTTPStatus,
    sentence: str,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    *,
    title: str | None = None,
    retry_seconds: int | None = None,
    closes_connection: bool = False,
) -> Iterable[bytes]:
    """Refuse a request in the client's format; ``closes_connection`` is for a body that was not read."""
    request_id = of_environment(environ)
    if _wants_json(environ):
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": sentence,
            "request_id": request_id,
        }
        body, kind = json.dumps(problem).encode(), "application/problem+json"
    else:
        page = PAGE.format(title=html.escape(title or status.phrase), sentence=html.escape(sentence))
        body, kind = page.encode(), "text/html; charset=utf-8"
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("X-Request-ID", request_id),
    ]
    if retry_seconds is not None:
        headers.append(("Retry-After", str(retry_seconds)))
    if closes_connection:
        headers.append(("Connection", "close"))
    start_response(f"{status.value} {status.phrase}", headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


def _wants_json(environ: "WSGIEnvironment") -> bool:
    accepted = environ.get("HTTP_ACCEPT", "")
    return environ.get("PATH_INFO", "").startswith("/api/") or (
        "text/html" not in accepted and any(kind in accepted for kind in OF_PROGRAMS)
    )
