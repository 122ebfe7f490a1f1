"""Our own static files: public, and kept by browsers for a year where the address carries the content's hash."""

from flask import Flask, Response, request

from masthead.web.access import public
from masthead.web.stateless import stateless

YEAR_SECONDS = 31_536_000


def init_app(app: Flask) -> None:
    """Declare Flask's own route public, and let browsers keep what it serves."""
    stateless(public(app.view_functions["static"]))
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and "v" in request.args:
        response.cache_control.no_cache = None
        response.cache_control.max_age = YEAR_SECONDS
        response.cache_control.public = True
        response.cache_control.immutable = True
    return response
