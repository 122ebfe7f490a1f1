"""Redirects within the site keep the query string of the request."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOVED = ("301 ", "308 ")
#: Characters that a query may hold unescaped (RFC 3986, section 3.4), and the percent sign of existing escapes.
SAFE = "!$&'()*+,;=:@/?-._~%"


def init_app(app: Flask) -> None:
    """Install the middleware. Call this after the page cache, which ignores unknown query parameters."""
    app.wsgi_app = _Redirects(app.wsgi_app, app.config["SITE_URL"])  # type: ignore[method-assign]  # as Flask documents it


class _Redirects:
    """Adds the query string of the request to a redirect within the site."""

    def __init__(self, app: "WSGIApplication", site_url: str) -> None:
        self._app = app
        self._host = urlsplit(site_url).netloc

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        query = environ.get("QUERY_STRING") or ""
        if not query:
            return self._app(environ, start_response)

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            if status.startswith(MOVED):
                headers = [
                    (name, self._with_query(value, query)) if name.lower() == "location" else (name, value)
                    for name, value in headers
                ]
            return start_response(status, headers, exc_info)

        return self._app(environ, start)

    def _with_query(self, location: str, query: str) -> str:
        parts = urlsplit(location)
        if parts.netloc and parts.netloc != self._host:
            return location
        # Parameters in the new URL, such as a page number, take precedence.
        said = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        more = [part for part in query.split("&") if part and _name(part) not in said]
        joined = "&".join([parts.query, *more] if parts.query else more)
        return urlunsplit(parts._replace(query=quote(joined, safe=SAFE, encoding="latin-1")))


def _name(part: str) -> str:
    pairs = parse_qsl(part, keep_blank_values=True)
    return pairs[0][0] if pairs else ""
