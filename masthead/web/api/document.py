"""The OpenAPI 3.1 document, made from the operations that the application has (https://spec.openapis.org/oas/v3.1.1)."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from masthead import __version__
from masthead.web import access
from masthead.web.api import idempotency, relations
from masthead.web.api.operations import ATTRIBUTE, CHANGING, Operation
from masthead.web.api.schemas import GREATEST_ID, Problem

PREFIX = "/api/v1"
REFERENCE = "#/components/schemas/{model}"
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
WORDS = {
    301: "It has moved; the present address is in Location.",
    304: "Nothing has changed since the ETag in If-None-Match.",
    400: "The request cannot be understood.",
    401: "The token is missing, invalid or expired.",
    403: "The account does not have the right to do this.",
    404: "There is nothing here, or the account may not know of it.",
    409: "This is not possible in the present state, or a request with the same Idempotency-Key is under way.",
    412: "The state is not the one named in If-Match.",
    413: "This is more than the site accepts.",
    415: "The content is not JSON.",
    422: "Some fields cannot be accepted; `errors` names them.",
    428: "If-Match is missing.",
    429: "That was too often; Retry-After says when to come back.",
}
_HEADERS: dict[str, Any] = {
    "X-Request-ID": {"description": "Names this request in the log.", "schema": {"type": "string"}},
    "API-Version": {"description": "The version that answered.", "schema": {"const": "v1"}},
    "RateLimit-Limit": {"description": "Requests in a window.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Requests that are left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the window ends.", "schema": {"type": "integer"}},
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
_ETAG = {"description": "Names the state, for If-None-Match and If-Match.", "schema": {"type": "string"}}
_LINK = {"description": "Leads to the next and the previous part (RFC 8288).", "schema": {"type": "string"}}


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation, str]]:
    """``(rule, method, operation, who may use it)`` of everything below the prefix."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        described = getattr(view, ATTRIBUTE, None)
        if rule.rule.startswith(PREFIX) and described is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, described, access.declared(view) or ""


def document(app: Flask) -> dict[str, Any]:
    """The whole document."""
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
    relations.link(paths)
    components = {"schemas": components, "securitySchemes": _SECURITY}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Masthead",
            "version": __version__,
            "summary": "Everything the site can do, for programs.",
        },
        "servers": [{"url": app.config["SITE_URL"]}],
        "paths": paths,
        "components": components,
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
        "responses": _responses(method, described),
    }
    if described.bearer == "refresh":
        answer["security"] = [{"refresh": []}]
    elif described.bearer == "access":
        answer["security"] = [{"access": []}] if who != access.PUBLIC else [{}, {"access": []}]
    if described.body is not None:
        answer["requestBody"] = {
            "required": not described.is_body_optional,
            "content": {"application/json": {"schema": _reference(described.body)}},
        }
    return answer


def _reference(shape: type[Any]) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=shape.__name__)}


def _path_parameters(rule: Rule) -> Iterator[dict[str, Any]]:
    for match in _ARGUMENT.finditer(rule.rule):
        number = {"type": "integer", "minimum": 1, "maximum": GREATEST_ID}
        text = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^/\x00]+$"}
        yield {
            "name": match["name"],
            "in": "path",
            "required": True,
            "schema": number if match["kind"] == "int" else text,
        }


def _query_parameters(described: Operation) -> Iterator[dict[str, Any]]:
    if described.query is None:
        return
    schema = described.query.model_json_schema(ref_template=REFERENCE)
    for name, field in schema.get("properties", {}).items():
        yield {"name": name, "in": "query", "required": False, "schema": _without_null(field)}


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is left out is no parameter that is null."""
    options = [option for option in field.get("anyOf", []) if option.get("type") != "null"]
    rest = {name: value for name, value in field.items() if name not in {"anyOf", "default", "title"}}
    if len(options) == 1:
        return {**options[0], **rest}
    return field | ({"anyOf": options} if options else {})


def _header_parameters(method: str, described: Operation) -> Iterator[dict[str, Any]]:
    if method in CHANGING and 428 in described.problems:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The ETag of the state that you saw.",
            "schema": {"type": "string"},
        }
    if described.takes_key(method):
        yield {
            "name": idempotency.HEADER,
            "in": "header",
            "required": False,
            "description": "Your name for this request. Sent again within 24 hours, it answers the same and does nothing.",
            "schema": {"type": "string", "pattern": idempotency.PATTERN},
        }
    if method == "GET" and described.is_conditional:
        yield {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}


def _responses(method: str, described: Operation) -> dict[str, Any]:
    codes = {400, 429, *described.problems}
    codes |= {422} if described.query or described.body else {422} if method != "GET" else set()
    codes |= {413, 415} if described.body else set()
    codes |= {401, 403}
    codes |= {409} if described.takes_key(method) else set()
    answers = {str(int(described.status)): _success(described)}
    if method == "GET" and described.is_conditional:
        answers["304"] = {"description": WORDS[304], "headers": _HEADERS | {"ETag": _ETAG}}
    for code in sorted(codes):
        answers[str(code)] = _problem(code)
    return answers


def _success(described: Operation) -> dict[str, Any]:
    headers = dict(_HEADERS)
    if described.is_conditional and described.answer:
        headers["ETag"] = _ETAG
    if described.query is not None and "page" in described.query.model_fields:
        headers["Link"] = _LINK
    answer: dict[str, Any] = {"description": HTTPStatus(described.status).phrase, "headers": headers}
    if described.answer is not None:
        schema: dict[str, Any] = dict(_reference(described.answer))
        if relations.is_sparse(described):
            schema = {"anyOf": [schema, {"$ref": f"{schema['$ref']}{relations.SPARSE}"}]}
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _problem(code: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": WORDS[code], "headers": _HEADERS}
    if code >= 400:
        example = {
            "type": "about:blank",
            "title": HTTPStatus(code).phrase,
            "status": code,
            "detail": WORDS[code],
            "request_id": "628eec64461fb8aa",
        }
        answer["content"] = {"application/problem+json": {"schema": _reference(Problem), "example": example}}
    return answer
