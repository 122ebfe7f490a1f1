"""Request size limits, checked before anything is parsed: bytes by view, then fields, parts or JSON values.

Parsers take time and memory by the number of things in a body, not by its bytes: a megabyte can be one text or 300,000
fields. So form fields, multipart parts and JSON values are counted first, by scans that take milliseconds. Refused
bodies sent to a sign-in count as failed sign-ins of their address.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestURITooLarge, UnsupportedMediaType

from masthead.web.limits import throttling

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE: Final = "masthead_body_bytes"
#: Default limit in bytes: a percent-encoded form.
FORM_BYTES: Final = 64 * 1024
#: A comment or a robots.txt of 10,000 characters, each of them percent-encoded in twelve bytes; a form that is carried
#: along.
LONG_FORM_BYTES: Final = 256 * 1024
#: An article; Werkzeug's own limit for the fields of a form is 500 kB.
ARTICLE_BYTES: Final = 8 * 1024 * 1024
#: An API request without a token: sign-in and registration need no more.
ANONYMOUS_BYTES: Final = 16 * 1024
#: Path and query string. The longest of ours have some hundred characters.
ADDRESS_BYTES: Final = 8 * 1024
#: The limit of views that take a file: MAX_UPLOAD_MB, and some words beside it.
FILE: Final = -1
WORDS_BYTES: Final = 64 * 1024
#: A body that is longer than allowed, by no more than this, is read to its end and forgotten: whoever still sends when
#: the connection closes sees an error of the network, or one of the proxy, instead of the answer. The first number is
#: for views that take a file.
DISCARDED_FILE_BYTES: Final = 100_000_000
DISCARDED_BYTES: Final = 10_000_000
MOST_FIELDS: Final = 500
#: The fields of a form with a file, files included.
MOST_PARTS: Final = 50
MOST_STRAY_SIGNS: Final = 1_000
#: Headers of a multipart part: a name and a type.
PART_HEADER_BYTES: Final = 4 * 1024
#: RFC 2046, section 5.1.1.
BOUNDARY_CHARACTERS: Final = 70
MOST_VALUES: Final = 2_000
DEEPEST: Final = 16
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Below these paths a refused body counts as a failed sign-in; below the API's, if it came without a token.
FORMS_OF_ACCOUNTS: Final = "/auth/"
OPERATIONS_OF_ACCOUNTS: Final = "/api/v1/auth/"

#: JSON strings, the last of them possibly unterminated; atomic, so that the scan is linear.
_TEXTS = re.compile(rb'"(?>(?:[^"\\]+|\\.?)*)(?:"|\Z)', re.DOTALL)
_NO_BRACKETS = re.compile(rb"[^\[\]{}]+")
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
_FILE = re.compile(rb"filename", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r\n\r\n|\r\r|\n\n")
TOO_MANY_VALUES = f"This JSON holds more than {MOST_VALUES:,} values. Send fewer at a time."
TOO_DEEP = f"This JSON is nested more than {DEEPEST} deep."


class BodyLimit(NamedTuple):
    """The length in bytes of a body that is accepted, and how many more are read and forgotten."""

    kept: int
    discarded: int = DISCARDED_BYTES


def init_app(app: Flask) -> None:
    """Check every request before its body is read."""
    app.before_request(_check)


def takes(size: int) -> Callable[[View], View]:
    """Declare the body limit of a view, in bytes."""

    def decorate(view: View) -> View:
        setattr(view, ATTRIBUTE, size)
        return view

    return decorate


def takes_files(view: View) -> View:
    """Declare that a view takes a file, in a multipart form."""
    return takes(FILE)(view)


def limit_for(app: Flask) -> Callable[["WSGIEnvironment"], BodyLimit]:
    """Return the limit of a request before routing, for the middleware that buffers its body."""

    def limit_of(environ: "WSGIEnvironment") -> BodyLimit:
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
        try:
            endpoint, _ = app.url_map.bind("").match(path, method=environ.get("REQUEST_METHOD", "POST"))
        except HTTPException:
            return BodyLimit(FORM_BYTES)
        view = app.view_functions.get(endpoint)
        size = _limit(app, view, path, has_token="HTTP_AUTHORIZATION" in environ)
        takes_file = getattr(view, ATTRIBUTE, None) == FILE and size != ANONYMOUS_BYTES
        return BodyLimit(size, DISCARDED_FILE_BYTES if takes_file else DISCARDED_BYTES)

    return limit_of


def _limit(app: Flask, view: object, path: str, *, has_token: bool) -> int:
    declared = getattr(view, ATTRIBUTE, FORM_BYTES)
    size: int = declared() if callable(declared) else declared
    if size == FILE:
        size = app.config["MAX_UPLOAD_MB"] * 1_000_000 + WORDS_BYTES
    return min(size, ANONYMOUS_BYTES) if path.startswith("/api/") and not has_token else size


def _check() -> None:
    if len(request.query_string) > ADDRESS_BYTES or len(request.path) > ADDRESS_BYTES:
        raise RequestURITooLarge
    view = current_app.view_functions.get(request.endpoint or "")
    size = _limit(current_app, view, request.path, has_token="Authorization" in request.headers)
    request.max_content_length = size
    takes_file = getattr(view, ATTRIBUTE, None) == FILE
    if takes_file:
        # Werkzeug writes the file to disk, and counts the parts itself.
        request.max_form_parts = MOST_PARTS
    if request.method in SAFE_METHODS:
        return
    try:
        _check_body(size, takes_file=takes_file)
    except (RequestEntityTooLarge, UnsupportedMediaType):
        count_refused()
        raise


def count_refused() -> None:
    """Count a body that was refused unread as a failed sign-in, if it was sent to one; raises `LimitReached`."""
    is_anonymous_call = "Authorization" not in request.headers
    if request.path.startswith(FORMS_OF_ACCOUNTS) or (
        is_anonymous_call and request.path.startswith(OPERATIONS_OF_ACCOUNTS)
    ):
        throttling.count("sign_in", "address", throttling.caller())


def _check_body(size: int, *, takes_file: bool) -> None:
    """Raise `RequestEntityTooLarge` for a body that is too long, or a form that is too expensive to parse."""
    if (request.content_length or 0) > size:
        raise RequestEntityTooLarge
    if request.path.startswith("/api/"):
        # API operations check their bodies once the caller is known.
        return
    if request.mimetype == "application/x-www-form-urlencoded":
        _check_fields(request.get_data())
    elif request.mimetype == "multipart/form-data" and not takes_file:
        _check_parts(request.get_data(), request.mimetype_params.get("boundary", ""))


def _check_fields(body: bytes) -> None:
    if body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge
    # Browsers encode each percent sign as %25. A bare one costs the parser an exception.
    escapes = (len(body) - len(_ESCAPE.sub(b"", body))) // len("%25")
    if body.count(b"%") - escapes > MOST_STRAY_SIGNS:
        raise RequestEntityTooLarge


def _check_parts(body: bytes, boundary: str) -> None:
    if not 0 < len(boundary) <= BOUNDARY_CHARACTERS:
        raise RequestEntityTooLarge
    delimiter = b"--" + boundary.encode("utf-8", "replace")
    # One delimiter before the first part, one for each further part, and one behind the last.
    if body.count(delimiter) > MOST_FIELDS + 1:
        raise RequestEntityTooLarge
    for part in body.split(delimiter):
        # The preamble and the epilogue have no headers and are short.
        blank = _BLANK_LINE.search(part, 2, PART_HEADER_BYTES)
        if blank is None and len(part) > PART_HEADER_BYTES:
            raise RequestEntityTooLarge
        # This view takes no file, and Werkzeug would write it to disk before a view could refuse it.
        if blank is not None and _FILE.search(part, 0, blank.start()):
            raise UnsupportedMediaType


def _without_texts(content: bytes) -> bytes:
    """Return the structural characters of JSON, without its strings."""
    pieces, end = [], 0
    for number, text in enumerate(_TEXTS.finditer(content)):
        # Each value has at most one name.
        if number > 2 * MOST_VALUES:
            raise RequestEntityTooLarge(TOO_MANY_VALUES)
        pieces.append(content[end : text.start()])
        end = text.end()
    return b"".join([*pieces, content[end:]])


def check_json(content: bytes) -> None:
    """Raise `RequestEntityTooLarge` for JSON with too many values or too deep nesting; does not check its syntax."""
    structure = _without_texts(content)
    # Each of these characters precedes a value.
    if sum(map(structure.count, (b",", b":", b"[", b"{"))) > MOST_VALUES:
        raise RequestEntityTooLarge(TOO_MANY_VALUES)
    depth = 0
    for sign in _NO_BRACKETS.sub(b"", structure):
        depth += 1 if sign in b"[{" else -1
        if depth > DEEPEST:
            raise RequestEntityTooLarge(TOO_DEEP)
