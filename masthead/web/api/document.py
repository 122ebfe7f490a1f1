"""Generate the OpenAPI 3.1 document from the registered operations (https://spec.openapis.org/oas/v3.1.1)."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from masthead import __version__
from masthead.db import GREATEST_ID
from masthead.web import access
from masthead.web.api import examples, groups, idempotency, relations, responses
from masthead.web.api.operations import ATTRIBUTE, BYTES_TYPE, Operation
from masthead.web.api.responses import REFERENCE
from masthead.web.api.schemas import Problem, Schema

PREFIX = "/api/v1"
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
#: Path parameters: schema, description and example.
_PARTS: dict[str, tuple[str, str | int]] = {
    "slug": ("The slug: how it is named in its address.", "the-ferry"),
    "name": ("The name of the role.", "guest-editor"),
    "number": ("The number of the revision; the first is 1.", 3),
    "comment_id": ("The id of the comment.", 7),
    "session_id": ("The id of the sign-in.", 12),
    "token_id": ("The id of the token.", 4),
    "invitation_id": ("The id of the invitation.", 5),
    "job_id": ("The id of the job.", 41),
    "redirect_id": ("The id of the redirect.", 8),
    "template_id": ("The id of the post template.", 2),
    "snippet_id": ("The id of the snippet.", 2),
    "change_id": ("The id of the change of many posts.", 3),
    "link_id": ("The id of the preview link.", 4),
    "user_id": ("The id of the account.", 1),
    "media_id": ("The id of the file.", 5),
    "upload_id": ("The id of the upload.", "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"),
}
_SECURITY = {
    "access": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token, or a personal token that begins with masthead_pat_.",
    },
    "refresh": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The refresh token, which works once.",
    },
}


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation, str]]:
    """List ``(rule, method, operation, access)`` of every operation below the prefix."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        described = getattr(view, ATTRIBUTE, None)
        if rule.rule.startswith(PREFIX) and described is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, described, access.declared(view) or ""


def document(app: Flask) -> dict[str, Any]:
    """Build the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    shapes: set[tuple[type[Any], Any]] = {(Problem, "serialization")}
    for rule, method, described, who in operations(app):
        path = _ARGUMENT.sub(r"{\g<name>}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(app, rule, method, described, who)
        shapes |= {(shape, "validation") for shape in (described.body, described.query) if shape}
        shapes |= {(described.answer, "serialization")} if described.answer else set()
    ordered = sorted(shapes, key=lambda pair: (pair[0].__name__, pair[1]))
    _, definitions = models_json_schema(ordered, ref_template=REFERENCE)
    components = definitions["$defs"]
    for _, _, described, _ in operations(app):
        if described.answer and relations.is_sparse(described):
            relations.add_sparse(components, described.answer.__name__)
    examples.add(paths, components)
    relations.link(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Masthead",
            "version": __version__,
            "summary": "Everything the site can do, over HTTP and JSON.",
        },
        "servers": [{"url": app.config["SITE_URL"]}],
        "tags": groups.described(paths),
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": responses.HEADERS,
            "responses": responses.problems(),
            "securitySchemes": _SECURITY,
        },
    }


def _operation(app: Flask, rule: Rule, method: str, described: Operation, who: str) -> dict[str, Any]:
    view = app.view_functions[rule.endpoint]
    answer: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": described.summary,
        "description": (view.__doc__ or "").strip(),
        "tags": [described.tag],
        "x-scope": described.needed_scope(method),
        "parameters": [
            *_path_parameters(rule),
            *_query_parameters(described),
            *_header_parameters(method, described),
        ],
        "responses": responses.of(method, described),
    }
    if described.bearer == "refresh":
        answer["security"] = [{"refresh": []}]
    elif described.bearer == "access":
        answer["security"] = [{"access": []}] if who != access.PUBLIC else [{}, {"access": []}]
    if described.body is not None:
        answer["requestBody"] = {
            "required": not described.is_body_optional,
            "content": {"application/json": {"schema": responses.reference(described.body)}},
        }
    elif described.upload is not None:
        content = {"multipart/form-data": {"schema": _form_with_file(described.upload)}}
        answer["requestBody"] = {"required": True, "content": content}
    elif described.takes_bytes:
        schema = {"type": "string", "format": "binary", "maxLength": described.takes_bytes}
        answer["requestBody"] = {"required": True, "content": {BYTES_TYPE: {"schema": schema}}}
    return answer


def _form_with_file(shape: type[Schema]) -> dict[str, Any]:
    """Return the schema of a multipart request: the file, and the fields beside it."""
    fields = shape.model_json_schema(ref_template=REFERENCE).get("properties", {})
    file = {"type": "string", "format": "binary", "description": "The file."}
    properties = {"file": file} | {name: _without_null(field) for name, field in fields.items()}
    return {"type": "object", "required": ["file"], "additionalProperties": False, "properties": properties}


def _path_parameters(rule: Rule) -> Iterator[dict[str, Any]]:
    for match in _ARGUMENT.finditer(rule.rule):
        number = {"type": "integer", "minimum": 1, "maximum": GREATEST_ID}
        text = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^/\x00]+$"}
        if match["name"] not in _PARTS:
            raise LookupError(f"Describe the path parameter {match['name']!r} in _PARTS.")
        description, example = _PARTS[match["name"]]
        yield {
            "name": match["name"],
            "in": "path",
            "required": True,
            "description": description,
            "schema": (number if match["kind"] == "int" else text) | {"examples": [example]},
        }


def _query_parameters(described: Operation) -> Iterator[dict[str, Any]]:
    if described.query is None:
        return
    schema = described.query.model_json_schema(ref_template=REFERENCE)
    for name, field in schema.get("properties", {}).items():
        told = {"description": field.pop("description")} if "description" in field else {}
        is_required = name in schema.get("required", ())
        yield {"name": name, "in": "query", "required": is_required, **told, "schema": _without_null(field)}


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """Drop ``null`` from the schema of a query parameter: an absent parameter is left out, never null."""
    options = [option for option in field.get("anyOf", []) if option.get("type") != "null"]
    rest = {name: value for name, value in field.items() if name not in {"anyOf", "default", "title"}}
    if len(options) == 1:
        return {**options[0], **rest}
    return field | ({"anyOf": options} if options else {})


def _header_parameters(method: str, described: Operation) -> Iterator[dict[str, Any]]:
    if described.takes_bytes:
        yield {
            "name": "Upload-Offset",
            "in": "header",
            "required": True,
            "description": "The byte at which the part begins.",
            "schema": {"type": "integer", "minimum": 0, "examples": [0]},
        }
    if method != "GET" and 412 in described.problems:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": 428 in described.problems,
            "description": "The ETag of the state that you saw, or * for any.",
            "schema": {"type": "string", "examples": ['"3"']},
        }
    if described.takes_key(method):
        yield {
            "name": idempotency.HEADER,
            "in": "header",
            "required": False,
            "description": "Your name for this request. Sent again within 24 hours, it answers the same and does nothing.",
            "schema": {"type": "string", "pattern": idempotency.PATTERN, "examples": ["ferry-1"]},
        }
    if method == "GET" and described.is_conditional:
        yield {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "The ETag of the state that you have; 304 if that is the present one.",
            "schema": {"type": "string", "examples": ['"3"']},
        }
