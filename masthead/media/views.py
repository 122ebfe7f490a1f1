"""Serves images with our media type, `nosniff`, no cookie, and a lifetime of a year."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from masthead.errors import NotFound
from masthead.media import queries
from masthead.storage import store as storage
from masthead.web.access import public
from masthead.web.middleware.security_headers import own_policy
from masthead.web.middleware.sessionless import sessionless
from masthead.web.middleware.static_files import YEAR_SECONDS

bp = Blueprint("media", __name__)

#: The policy of an image opened as a page of its own: it runs, loads and sends nothing. SVG may use inline styles and
#: images.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@bp.get("/media/<path:path>")
@public
@sessionless
@own_policy(POLICY)
def show(path: str) -> ResponseReturnValue:
    """Serve an image."""
    picture = queries.by_path(path)
    response = Response(mimetype=picture.media_type)
    response.set_etag(picture.content_hash)
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_SECONDS
    response.cache_control.immutable = True
    # Feed readers and other sites that quote a post embed its images, too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    if request.method == "HEAD":
        response.content_length = picture.size
        return response
    try:
        response.set_data(storage.current().get(picture.path))
    except FileNotFoundError:
        raise NotFound("The file of this picture is missing.") from None
    return response
