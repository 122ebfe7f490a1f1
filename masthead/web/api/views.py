"""The description of the API: for programs in OpenAPI, for people as a page."""

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from masthead.web.access import public
from masthead.web.api import document
from masthead.web.stateless import stateless

bp = Blueprint("api_document", __name__)


@bp.get("/openapi.json")
@public
@stateless
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document.document(current_app))


@bp.get("/docs")
@public
@stateless
def docs() -> ResponseReturnValue:
    """The same to read."""
    return render_template("api/docs.html", api=document.document(current_app))
