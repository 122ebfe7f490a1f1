"""Serves files with our media type, `nosniff`, no cookie, by ranges, and most of them with a lifetime of a year."""

from dataclasses import dataclass
from itertools import chain
from typing import Final

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import dump_options_header

from masthead.db import db
from masthead.errors import NotFound
from masthead.media import queries
from masthead.media.links import VERSION_CHARACTERS
from masthead.media.models import FileKind, Media
from masthead.storage import store as storage
from masthead.storage.store import CHUNK_BYTES
from masthead.web.access import public
from masthead.web.middleware.security_headers import own_policy
from masthead.web.middleware.sessionless import sessionless
from masthead.web.middleware.static_files import YEAR_SECONDS

bp = Blueprint("media", __name__)

#: The policy of a file opened as a page of its own: it runs, loads and sends nothing. SVG may use inline styles and
#: images.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
#: Browsers play these in a page; opened by themselves, all but pictures are downloads.
INLINE: Final = frozenset({FileKind.IMAGE})


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file and the headers that depend on it."""

    key: str
    media_type: str
    size: int
    content_hash: str
    #: The name of the download; empty for a picture, which browsers show.
    download_name: str
    #: False if the address may show another file one day.
    is_immutable: bool


@bp.get("/media/<path:path>")
@public
@sessionless
@own_policy(POLICY)
def show(path: str) -> ResponseReturnValue:
    """Serve a file or a variant of a picture."""
    file = _found(path)
    response = Response(mimetype=file.media_type)
    response.set_etag(file.content_hash)
    response.cache_control.public = True
    if file.is_immutable:
        response.cache_control.max_age = YEAR_SECONDS
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    # Feed readers and other sites that quote a post embed its images, too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Accept-Ranges"] = "bytes"
    if file.download_name:
        response.headers["Content-Disposition"] = dump_options_header(
            "attachment", {"filename": file.download_name}
        )
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    return _with_content(response, file)


def _found(path: str) -> ServedFile:
    try:
        return _of_media(queries.by_path(path))
    except NotFound:
        variant = queries.variant_at(path)
    return ServedFile(
        variant.path, variant.media_type, variant.size, variant.content_hash, "", is_immutable=True
    )


def _of_media(media: Media) -> ServedFile:
    is_present = request.args.get("v") == media.content_hash[:VERSION_CHARACTERS]
    return ServedFile(
        media.key,
        media.media_type,
        media.size,
        media.content_hash,
        "" if media.kind in INLINE else _ascii_name(media),
        is_immutable=is_present or not media.is_replaced,
    )


def _ascii_name(media: Media) -> str:
    """Return the name of a download, with the extension of its type: nobody opens a program by mistake."""
    stem = media.name.rpartition(".")[0] or media.name
    plain = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in stem)
    ending = media.path.rpartition(".")[2]
    return f"{plain[:80].strip() or 'file'}.{ending}"


def _with_content(response: Response, file: ServedFile) -> Response:
    start, end = 0, file.size
    try:
        wanted = _range(file)
    except RequestedRangeNotSatisfiable:
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{file.size}"
        return response
    if wanted is not None:
        start, end = wanted
        response.status_code = 206
        response.content_range.set(start, end, file.size)
    response.content_length = end - start
    if request.method == "HEAD":
        return response
    files = storage.current()
    # The store may be slow, and no transaction waits for it.
    db.session.rollback()
    try:
        if end - start == file.size and file.size <= CHUNK_BYTES:
            response.set_data(files.get(file.key))
            return response
        parts = files.chunks(file.key, start, end)
        first = next(parts, b"")
    except FileNotFoundError:
        raise NotFound("The file at this address is missing.") from None

    response.response = stream_with_context(chain([first], parts))
    return response


def _range(file: ServedFile) -> tuple[int, int] | None:
    """Return the requested part; None for the whole file, also for several parts at once (RFC 9110, section 14.2)."""
    wanted = request.range
    if wanted is None or wanted.units != "bytes" or request.method != "GET" or len(wanted.ranges) != 1:
        return None
    condition = request.if_range
    if (condition.etag or condition.date) and condition.etag != file.content_hash:
        return None
    found = wanted.range_for_length(file.size)
    if found is None:
        raise RequestedRangeNotSatisfiable(file.size)
    return found
