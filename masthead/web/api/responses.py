"""The responses in the document: headers, schemas and problems, each with an example."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from masthead.web import errors
from masthead.web.api.operations import NO_JSON, NO_MATCH, NOT_AS_JSON, STALE, Operation
from masthead.web.api.relations import SPARSE, is_sparse
from masthead.web.api.schemas import Problem

REFERENCE = "#/components/schemas/{model}"
#: The description of each status; for problems also an example message.
WORDS: dict[int, tuple[str, str]] = {
    301: ("It has moved; the present address is in Location.", ""),
    304: ("Nothing has changed since the ETag in If-None-Match.", ""),
    400: ("The request cannot be understood.", NO_JSON),
    401: (
        "The token is missing, invalid or expired.",
        "The token is missing, invalid or expired. Sign in again.",
    ),
    403: ("The account does not have permission to do this.", errors.SENTENCES[403]),
    404: ("There is nothing here, or the account may not know of it.", "There is no such post."),
    409: (
        "This is not possible in the present state, or a request with the same Idempotency-Key is under way.",
        "A post that is in the trash cannot be published.",
    ),
    412: ("The state is not the one named in If-Match.", STALE),
    413: ("This is more than the site accepts.", errors.SENTENCES[413]),
    415: ("The content is not JSON.", NOT_AS_JSON),
    422: ("Some fields cannot be accepted; `errors` names them.", errors.SENTENCES[422]),
    428: ("If-Match is missing.", NO_MATCH),
    429: (
        "That was too often; Retry-After says when to come back.",
        "That was too often. Come back in 30 seconds.",
    ),
}


def _header(description: str, example: str | int, *, is_certain: bool = True) -> dict[str, Any]:
    kind = "integer" if isinstance(example, int) else "string"
    schema = {"type": kind, "examples": [example]}
    return {"description": description, "required": is_certain, "schema": schema}


HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": _header("Names this request in the log.", "628eec64461fb8aa"),
    "API-Version": _header("The version that answered.", "v1"),
    "RateLimit-Limit": _header("Requests in a window.", 600),
    "RateLimit-Remaining": _header("Requests that are left.", 599),
    "RateLimit-Reset": _header("Seconds until the window ends.", 60),
    "ETag": _header("Names the state, for If-None-Match and If-Match.", '"3"'),
    "Location": _header("The address.", "https://magazine.example/api/v1/posts/the-ferry"),
    "Link": _header(
        "Leads to the next and the previous part (RFC 8288), where there is one.",
        '<https://magazine.example/api/v1/posts?page=2>; rel="next"',
        is_certain=False,
    ),
    "Idempotent-Replayed": _header(
        "`true` if this was answered before to the same Idempotency-Key.", "true", is_certain=False
    ),
    "Retry-After": _header("Come back after so many seconds.", 30),
    "WWW-Authenticate": _header("How to show who you are.", "Bearer"),
}
_EVERYWHERE = ("X-Request-ID", "API-Version", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
#: Headers of particular statuses.
_FURTHER: dict[int, tuple[str, ...]] = {
    301: ("Location",),
    304: ("ETag",),
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
}


def reference(shape: type[Any]) -> dict[str, str]:
    """Return the reference to a schema in the document."""
    return {"$ref": REFERENCE.format(model=shape.__name__)}


def of(method: str, described: Operation) -> dict[str, Any]:
    """Describe every response of an operation."""
    codes = {400, 401, 403, 429, *described.problems}
    codes |= {422} if described.query or described.body or method != "GET" else set()
    codes |= {413, 415} if described.body or described.upload or described.takes_bytes else set()
    codes |= {409} if described.takes_key(method) else set()
    codes |= {304} if method == "GET" and described.is_conditional else set()
    answers = {str(int(described.status)): _success(method, described)}
    if described.status_if_there is not None:
        there = replace(described, status=described.status_if_there)
        answers[str(int(there.status))] = _success(method, there)
    for code in sorted(codes):
        answers[str(code)] = (
            {"$ref": f"#/components/responses/Problem{code}"} if code >= 400 else _leading_elsewhere(code)
        )
    return answers


def _headers(*further: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_EVERYWHERE, *further)}


def _leading_elsewhere(code: int) -> dict[str, Any]:
    return {"description": WORDS[code][0], "headers": _headers(*_FURTHER[code])}


def _success(method: str, described: Operation) -> dict[str, Any]:
    further = []
    if described.is_conditional and described.answer:
        further.append("ETag")
        # A created object with an ETag has a URL as well.
        further += ["Location"] if described.status in {HTTPStatus.CREATED, described.status_if_there} else []
    if described.query is not None and "page" in described.query.model_fields:
        further.append("Link")
    if described.takes_key(method):
        further.append("Idempotent-Replayed")
    answer: dict[str, Any] = {
        "description": HTTPStatus(described.status).phrase,
        "headers": _headers(*further),
    }
    if described.answer is not None:
        schema: dict[str, Any] = dict(reference(described.answer))
        if is_sparse(described):
            schema = {"anyOf": [schema, {"$ref": f"{schema['$ref']}{SPARSE}"}]}
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def problems() -> dict[str, Any]:
    """Describe the problem responses that all operations share."""
    return {f"Problem{code}": _problem(code) for code in WORDS if code >= 400}


def _problem(code: int) -> dict[str, Any]:
    description, detail = WORDS[code]
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
        "request_id": "628eec64461fb8aa",
    }
    if code == HTTPStatus.UNPROCESSABLE_ENTITY:
        example["errors"] = {"title": ["Write at most 300 characters."]}
    return {
        "description": description,
        "headers": _headers(*_FURTHER.get(code, ())),
        "content": {"application/problem+json": {"schema": reference(Problem), "example": example}},
    }
