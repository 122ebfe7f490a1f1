"""The description of the API: as OpenAPI, as a page to read, and as Swagger UI."""

import json
from functools import cache
from importlib import resources
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from masthead.web.access import public
from masthead.web.api import document, groups
from masthead.web.middleware import static_files
from masthead.web.middleware.sessionless import sessionless

bp = Blueprint("api_document", __name__)

#: The files of the Swagger UI package that are served; its own page has inline scripts.
SWAGGER_UI = resources.files("flask_swagger_ui") / "dist"
SCRIPT_AND_STYLES = ("swagger-ui-bundle.js", "swagger-ui.css")


@bp.get("/openapi.json")
@public
@sessionless
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document.document(current_app))


@bp.get("/docs")
@public
@sessionless
def docs() -> ResponseReturnValue:
    """The API document as a page to read."""
    api = document.document(current_app)
    return render_template("api/docs.html", api=api, groups=groups.grouped(api), written=_written)


def _written(example: Any) -> str:
    """Format an example as JSON, with its members in declared order."""
    return json.dumps(example, indent=2, ensure_ascii=False)


@bp.get("/docs/try")
@public
@sessionless
def attempt() -> ResponseReturnValue:
    """A page that sends requests; it needs JavaScript, and nothing from elsewhere."""
    return render_template("api/try.html")


@bp.get(f"/docs/try/<any{SCRIPT_AND_STYLES}:name>")
@public
@sessionless
def swagger_ui(name: str) -> Response:
    """A file of Swagger UI."""
    return static_files.answer(_swagger_ui(name), is_immutable=False)


@cache
def _swagger_ui(name: str) -> static_files.StaticFile:
    return static_files.file_of(name, (SWAGGER_UI / name).read_bytes())
