"""Static files: compressed once, and cached by browsers for a year under names that contain a content hash."""

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from flask import Flask, Response, current_app, has_request_context, request

from masthead import compression
from masthead.errors import NotFound
from masthead.web.access import public
from masthead.web.middleware.sessionless import sessionless

FOLDER: Final = Path(__file__).parents[2] / "static"
URL_PATH: Final = "/static"
YEAR_SECONDS: Final = 31_536_000
#: Larger files take seconds at the best compression level, and their first reader would wait.
LARGE_BYTES: Final = 200_000
#: Matches the hash in ``css/site.0123456789ab.css``.
HASHED: Final = re.compile(r"(?P<stem>.+)\.(?P<fingerprint>[0-9a-f]{12})(?P<ending>\.[a-z]+)")


@dataclass(frozen=True)
class StaticFile:
    """A static file with its variants."""

    content: bytes
    media_type: str
    #: The first 12 hexadecimal digits of the content's SHA-256.
    fingerprint: str

    @cached_property
    def bodies(self) -> Mapping[str, bytes]:
        """Bodies by content coding; "" is the uncompressed one."""
        effort = compression.BEST if len(self.content) < LARGE_BYTES else compression.KEPT
        return compression.variants(self.content, self.media_type, effort)


def init_app(app: Flask) -> None:
    """Serve the folder `static`, and give templates `asset_url`."""
    app.add_url_rule(f"{URL_PATH}/<path:filename>", "static", sessionless(public(show)))
    app.jinja_env.globals["asset_url"] = asset_url
    if app.debug:
        app.before_request(_forget)


def show(filename: str) -> Response:
    """Serve a static file by its name, with or without the hash."""
    hashed = HASHED.fullmatch(filename)
    name = hashed["stem"] + hashed["ending"] if hashed else filename
    if name not in _names():
        raise NotFound("There is no such file.")
    file = _read(name)
    # A page older than this version asks for an older file: serve the current one, but not for a year.
    return answer(file, is_immutable=hashed is not None and hashed["fingerprint"] == file.fingerprint)


def asset_url(name: str) -> str:
    """Return the URL of a static file with its hash, below STATIC_URL if that is set."""
    stem, _, ending = name.rpartition(".")
    fingerprint = _read(name).fingerprint
    return f"{_root()}/{stem}.{fingerprint}.{ending}"


def answer(file: StaticFile, *, is_immutable: bool) -> Response:
    """Send the file in the best coding that the client accepts, or 304 if it is unchanged."""
    coding = compression.chosen(request.headers.get("Accept-Encoding"), file.bodies)
    response = Response(file.bodies[coding], content_type=file.media_type)
    if len(file.bodies) > 1:
        response.vary.add("Accept-Encoding")
    if coding:
        response.content_encoding = coding
    response.set_etag(file.fingerprint)
    if is_immutable:
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_SECONDS
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    # Pages load these across origins from a CDN; module scripts then need CORS.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response


def file_of(name: str, content: bytes) -> StaticFile:
    """Make the variants of a file."""
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return StaticFile(content, media_type, hashlib.sha256(content).hexdigest()[:12])


def _root() -> str:
    elsewhere: str = current_app.config["STATIC_URL"]
    if elsewhere:
        return elsewhere
    # Not by `url_for`, which fails in requests for an untrusted host; that error page has a style sheet, too.
    return (request.script_root if has_request_context() else "") + URL_PATH


@cache
def _names() -> frozenset[str]:
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@cache
def _read(name: str) -> StaticFile:
    return file_of(name, (FOLDER / name).read_bytes())


def _forget() -> None:
    """Clear the memoized files, so that a changed style sheet shows on the next page."""
    _names.cache_clear()
    _read.cache_clear()
