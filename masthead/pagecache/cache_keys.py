"""Which requests may be answered from memory, under which key, and what of them a kept page may see."""

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

#: The first parts of paths below which nothing is kept, not even that there is nothing.
PRIVATE: Final = frozenset(
    {"admin", "api", "auth", "dashboard", "health", "media", "metrics", "search", "setup", "static"}
)
#: Every query parameter that some kept page reads.
PARAMETERS: Final = frozenset({"comment", "comments", "page", "v"})
ADDRESS_CHARACTERS: Final = 2_000
#: Flask-Login's own cookie; we set none, but it would be believed.
REMEMBER_COOKIE: Final = "remember_token"
#: What a kept page is made from, beside the address; all else that a client sends stays outside. The id is for logs.
PASSED_HEADERS: Final = frozenset({"HTTP_HOST", "HTTP_X_REQUEST_ID"})
#: Hosts whose check is remembered; who asks chooses them.
REMEMBERED_HOSTS: Final = 200
NOTHING: Final[frozenset[str]] = frozenset()


class Addresses:
    """The addresses of an application that are kept."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._hosts: dict[str, bool] = {}
        names = "|".join(map(re.escape, (app.config["SESSION_COOKIE_NAME"], REMEMBER_COOKIE)))
        self._our_cookie = re.compile(rf"(?:^|[;,\s])(?:{names})\s*=")

    def key_of(self, environ: "WSGIEnvironment") -> str | None:
        """The key under which the answer is kept; None if this request is not answered from memory."""
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
            # Who prefers JSON gets errors in JSON.
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
        """The query parameters that the page at this path reads; None if its answers are not kept."""
        try:
            endpoint = self._endpoint_at(environ["PATH_INFO"])
        except UnknownAddress:
            return NOTHING
        if endpoint is None:
            return None
        found: frozenset[str] | None = getattr(self._app.view_functions[endpoint], KEPT, None)
        return found

    def _is_personal(self, path: str) -> bool:
        """Whether somebody who is signed in may get another answer at this path than everybody else."""
        try:
            endpoint = self._endpoint_at(path)
        except UnknownAddress:
            return True
        return endpoint is None or not getattr(self._app.view_functions[endpoint], FOR_EVERYBODY, False)

    def _endpoint_at(self, sent: str) -> str | None:
        """The endpoint at a path as WSGI has it; None if its answers are not kept, `UnknownAddress` if there is none."""
        try:
            path = sent.encode("latin-1").decode()
        except UnicodeDecodeError:
            return None
        # A path with more slashes is sent to the one with fewer; neither it nor what is not there is kept.
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
    """The parameters with these names; None if the query is too long, or holds what cannot be text."""
    if len(query) > ADDRESS_CHARACTERS:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    if any("\0" in name or "\0" in value for name, value in pairs):
        return None
    # Of a parameter that is repeated, pages read the first; and their order is none.
    first = {name: value for name, value in reversed(pairs) if name in names}
    return urlencode(sorted(first.items()))


def anonymous(environ: "WSGIEnvironment", parameters: Collection[str]) -> "WSGIEnvironment":
    """The request as every anonymous reader could have sent it: the page cannot see more, so it cannot show more."""
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
    # Servers give the address a second time, with the query that was just taken out.
    for name in ("REQUEST_URI", "RAW_URI", "CONTENT_TYPE"):
        seen.pop(name, None)
    return seen
