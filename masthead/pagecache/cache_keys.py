"""Cache keys: which requests are cacheable, under which key, and which parts of them a cached page may see."""

import re
from collections.abc import Collection
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as UnknownAddress
from werkzeug.routing import RequestRedirect

from masthead.pagecache.dependencies import FOR_EVERYBODY, KEPT
from masthead.text.hosts import is_trusted

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: First path segments below which nothing is cached, not even a 404.
PRIVATE: Final = frozenset(
    {"admin", "api", "auth", "dashboard", "health", "media", "metrics", "search", "setup", "static"}
)
#: All query parameters that cached pages read.
PARAMETERS: Final = frozenset({"attachment_id", "comment", "comments", "p", "page", "page_id", "v"})
#: Extension that holds the query parameters by which unknown paths are looked up.
LOOKUP_PARAMETERS: Final = "masthead.lookup_parameters"
ADDRESS_CHARACTERS: Final = 2_000
#: Flask-Login's own cookie; Masthead sets none, but Flask-Login would accept one.
REMEMBER_COOKIE: Final = "remember_token"
#: Parts of the environment that a cached page is made from, beside the URL; everything else is removed. The id is for
#: logs.
PASSED_HEADERS: Final = frozenset({"HTTP_HOST", "HTTP_X_REQUEST_ID"})
#: Size of the memoized host check; clients choose the hosts.
REMEMBERED_HOSTS: Final = 200
NOTHING: Final[frozenset[str]] = frozenset()


def look_up_by(app: Flask, *parameters: str) -> None:
    """Declare that these query parameters tell one unknown path from another."""
    app.extensions[LOOKUP_PARAMETERS] = frozenset(parameters)


class Addresses:
    """The cacheable URLs of an application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._hosts: dict[str, bool] = {}
        names = "|".join(map(re.escape, (app.config["SESSION_COOKIE_NAME"], REMEMBER_COOKIE)))
        self._our_cookie = re.compile(rf"(?:^|[;,\s])(?:{names})\s*=")

    def key_of(self, environ: "WSGIEnvironment") -> str | None:
        """Return the cache key of a request; None if it is not answered from memory."""
        path: str = environ["PATH_INFO"]
        get = environ.get
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or get("HTTP_AUTHORIZATION") is not None:
            return None
        cookies = get("HTTP_COOKIE")
        if cookies is not None and self._our_cookie.search(cookies) is not None and self._is_personal(path):
            return None
        host = get("HTTP_HOST")
        if host is None or not (self._hosts.get(host) or self._is_trusted(host)):
            return None
        accept = get("HTTP_ACCEPT")
        if accept is not None and "json" in accept and not path.endswith(".json"):
            # A client that prefers JSON gets errors in JSON.
            return None
        query = get("QUERY_STRING")
        if query:
            query = normal_query(query, PARAMETERS)
            if query is None:
                return None
        if len(path) > ADDRESS_CHARACTERS or get("CONTENT_LENGTH", "0") not in ("", "0"):
            return None
        return f"{environ['wsgi.url_scheme']} {get('SCRIPT_NAME', '')} {path}?{query or ''}"

    def parameters_of(self, environ: "WSGIEnvironment") -> Collection[str] | None:
        """Return the query parameters that the page at this path reads; None if it is not cacheable."""
        try:
            endpoint = self._endpoint_at(environ["PATH_INFO"])
        except UnknownAddress:
            looked_up: frozenset[str] = self._app.extensions.get(LOOKUP_PARAMETERS, NOTHING)
            return looked_up
        if endpoint is None:
            return None
        found: frozenset[str] | None = getattr(self._app.view_functions[endpoint], KEPT, None)
        return found

    def _is_personal(self, path: str) -> bool:
        """Tell if the response at this path depends on who is signed in."""
        try:
            endpoint = self._endpoint_at(path)
        except UnknownAddress:
            return True
        return endpoint is None or not getattr(self._app.view_functions[endpoint], FOR_EVERYBODY, False)

    def _endpoint_at(self, sent: str) -> str | None:
        """Return the endpoint at a WSGI path; None if it is not cacheable, `UnknownAddress` if there is none."""
        try:
            path = sent.encode("latin-1").decode()
        except UnicodeDecodeError:
            return None
        # Repeated slashes redirect to the path without them; neither that nor an unknown path is cached.
        if path.startswith("//") or "\0" in path or path.lstrip("/").partition("/")[0] in PRIVATE:
            return None
        try:
            endpoint, _ = self._app.url_map.bind("").match(path, "GET")
        except RequestRedirect:
            return None
        except UnknownAddress:
            raise
        except HTTPException:
            return None
        return str(endpoint)

    def _is_trusted(self, host: str) -> bool:
        trusted = is_trusted(host, self._app.config["TRUSTED_HOSTS"])
        if trusted and len(self._hosts) < REMEMBERED_HOSTS:
            self._hosts[host] = True
        return trusted


def normal_query(query: str, names: Collection[str]) -> str | None:
    """Return the parameters with these names; None if the query is too long or not decodable."""
    if len(query) > ADDRESS_CHARACTERS:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    if any("\0" in name or "\0" in value for name, value in pairs):
        return None
    # Pages read the first value of a repeated parameter, and ignore the order of parameters.
    first = {name: value for name, value in reversed(pairs) if name in names}
    return urlencode(sorted(first.items()))


def anonymous(environ: "WSGIEnvironment", parameters: Collection[str]) -> "WSGIEnvironment":
    """Remove everything that differs between anonymous readers: the page cannot show what it cannot see."""
    seen: dict[str, Any] = {
        name: value
        for name, value in environ.items()
        if not name.startswith("HTTP_") or name in PASSED_HEADERS
    }
    seen |= {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": normal_query(environ.get("QUERY_STRING") or "", parameters) or "",
        "CONTENT_LENGTH": "",
        "wsgi.input": BytesIO(),
    }
    # Servers repeat the URL with its original query here.
    for name in ("REQUEST_URI", "RAW_URI", "CONTENT_TYPE"):
        seen.pop(name, None)
    return seen
