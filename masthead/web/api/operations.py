"""API operations: views whose request and response schemas are both enforced and documented."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from flask import Response, current_app, g, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    PreconditionFailed,
    PreconditionRequired,
    UnsupportedMediaType,
)

from masthead.db import db
from masthead.errors import DomainError, Invalid, Mistakes, NotAllowed
from masthead.web import errors
from masthead.web.api import idempotency, members
from masthead.web.api.schemas import Schema
from masthead.web.api.sizes import bytes_for
from masthead.web.middleware import body_limits

ATTRIBUTE = "masthead_operation"
View = TypeVar("View", bound=Callable[..., Any])
Arguments = ParamSpec("Arguments")
Validator = Callable[..., Iterable[Invalid]]
CHANGING = frozenset({"PUT", "PATCH", "DELETE"})
READING = frozenset({"GET", "HEAD"})
UNSAFE = CHANGING | {"POST"}
#: Tags whose responses contain secrets and are never stored.
SECRET = frozenset({"auth", "tokens"})


@dataclass(frozen=True, slots=True)
class Operation:
    """The OpenAPI metadata of a view."""

    summary: str
    tag: str
    query: type[Schema] | None
    body: type[Schema] | None
    is_body_optional: bool
    answer: type[BaseModel] | None
    status: HTTPStatus
    problems: tuple[int, ...]
    is_conditional: bool
    #: The token that the operation takes: ``access``, ``refresh`` or none.
    bearer: str
    #: Scope that a personal token needs, if not the `read` or `write` of the tag.
    scope: str | None
    #: True if the response holds a secret that is stored nowhere.
    is_secret: bool
    #: Reports every other error in the valid fields; the transaction is rolled back afterwards.
    validator: Validator | None
    #: The fields of a multipart request beside its part `file`.
    upload: type[Schema] | None
    #: The longest body of plain bytes; 0 for an operation that takes none.
    takes_bytes: int
    #: The status if what would be made is there already.
    status_if_there: HTTPStatus | None

    def needed_scope(self, method: str) -> str | None:
        """Return the scope that a personal token needs for this method."""
        if self.scope is None and self.tag not in SECRET:
            return f"{self.tag}:{'read' if method in READING else 'write'}"
        return self.scope

    def takes_key(self, method: str) -> bool:
        """Tell if ``Idempotency-Key`` applies: to unsafe methods, except where the response holds secrets."""
        is_kept = self.bearer == "access" and self.tag not in SECRET and not self.is_secret
        return is_kept and method in UNSAFE


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of an operation, with headers and status that its schema cannot express."""

    content: BaseModel | None
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    #: The status, if it is not that of the operation.
    status: int | None = None
    #: Fields of the object or of the list items that the client selected; None selects all.
    fields: frozenset[str] | None = None
    items: str | None = None


def operation(
    summary: str,
    *,
    tag: str,
    query: type[Schema] | None = None,
    body: type[Schema] | None = None,
    is_body_optional: bool = False,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    problems: tuple[int, ...] = (),
    is_conditional: bool = False,
    bearer: str = "access",
    scope: str | None = None,
    is_secret: bool = False,
    validator: Validator | None = None,
    upload: type[Schema] | None = None,
    takes_bytes: int = 0,
    status_if_there: HTTPStatus | None = None,
) -> Callable[[View], Callable[..., ResponseReturnValue]]:
    """Declare an operation. The view gets ``query``, ``body`` and ``upload`` as validated schemas, and returns an `Answer`.

    With ``upload`` the request is multipart, and has a file in its part `file`. With ``takes_bytes`` its body is plain
    bytes, of at most this length.
    """
    status = HTTPStatus(status)
    shapes = (query, body, is_body_optional, answer, status, problems)
    files = (upload, takes_bytes, status_if_there)
    described = Operation(summary, tag, *shapes, is_conditional, bearer, scope, is_secret, validator, *files)
    limit = body_limits.FILE if upload else takes_bytes or partial(bytes_for, body)

    def decorate(view: View) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def answering(**arguments: Any) -> ResponseReturnValue:
            return _carried_out(described, view, arguments)

        setattr(answering, ATTRIBUTE, described)
        setattr(answering, body_limits.ATTRIBUTE, limit)
        return answering

    return decorate


def _carried_out(described: Operation, view: Callable[..., Any], arguments: dict[str, Any]) -> Response:
    _check_scope(described)
    try:
        checked, wrong = _inputs(described)
    except HTTPException:
        body_limits.count_refused()
        raise
    if wrong:
        body_limits.count_refused()
        wrong = _with_others(described, wrong, arguments)
        return errors.answer(HTTPStatus.UNPROCESSABLE_ENTITY, errors.SENTENCES[422], errors=wrong)
    earlier = idempotency.earlier_answer() if described.takes_key(request.method) else None
    if earlier is not None:
        return earlier
    g.api_operation = described
    try:
        return _response(described, view(**arguments, **checked))
    except (StaleDataError, DomainError, HTTPException) as error:
        db.session.rollback()
        idempotency.check_overtaken()
        if isinstance(error, StaleDataError):
            raise PreconditionFailed(STALE) from None
        if isinstance(error, Invalid) and described.validator is not None:
            body = checked["body"]
            said = {name: getattr(body, name) for name in body.model_fields_set}
            Mistakes((error, *_invalid_fields(described, said, arguments))).settle()
        raise


def _with_others(
    described: Operation, wrong: dict[str, list[str]], arguments: dict[str, Any]
) -> dict[str, list[str]]:
    """Add the domain errors of the valid fields, so that the client gets all errors at once."""
    if described.validator is None or described.body is None:
        return wrong
    said = members.right_ones(described.body, wrong)
    for mistake in _invalid_fields(described, said, arguments):
        if mistake.field in said:
            wrong.setdefault(mistake.field, []).append(mistake.message)
    return wrong


def _invalid_fields(
    described: Operation, said: dict[str, Any], arguments: dict[str, Any]
) -> tuple[Invalid, ...]:
    mistakes = Mistakes()
    try:
        # A missing object has no further errors.
        with mistakes:
            for mistake in described.validator(said, **arguments) if described.validator is not None else ():
                mistakes.add(mistake)
    finally:
        # The checks may have added the rows that the request would have stored.
        db.session.rollback()
    return mistakes.found


def commit_and_answer(
    make: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Response:
    """Build the response from the flushed state, store it with the idempotency key, and commit all of it at once."""
    db.session.flush()
    response = _response(g.api_operation, make(*args, **kwargs))
    idempotency.keep(response)
    db.session.commit()
    return response


def _check_scope(described: Operation) -> None:
    """Raise `NotAllowed` if the scopes of a personal token do not cover this operation."""
    allowed = g.get("api_scopes")
    if allowed is None:
        return
    needed = described.needed_scope(request.method)
    if needed is None:
        raise NotAllowed("No personal token allows this. Sign in with a password.")
    if needed not in allowed:
        raise NotAllowed(f"This token does not allow {needed}.")


#: Number of errors in a response, and length of each path: a response is never much longer than its request.
MOST_MISTAKES = 20
LOCATION_CHARACTERS = 200
STALE = "This is not the state that you saw. Read it again, and repeat your change."
NO_JSON = "This is not JSON."
NOT_AS_JSON = "Send JSON, with the header Content-Type: application/json."
NOT_AS_FILE = "Send the file as multipart/form-data, in the part “file”."
NOT_AS_BYTES = "Send the bytes with the header Content-Type: application/offset+octet-stream."
#: The media type of tus 1.0.
BYTES_TYPE = "application/offset+octet-stream"
NO_MATCH = "Say in If-Match which state you saw: the ETag of the last answer."


def _inputs(described: Operation) -> tuple[dict[str, Schema], dict[str, list[str]]]:
    checked: dict[str, Schema] = {}
    wrong: dict[str, list[str]] = {}
    if described.takes_bytes and request.mimetype != BYTES_TYPE:
        raise UnsupportedMediaType(NOT_AS_BYTES)
    for name, shape, read in (
        ("query", described.query, _query),
        ("body", described.body, _body),
        ("upload", described.upload, _upload),
    ):
        if shape is None:
            continue
        try:
            checked[name] = read(described, shape)
        except ValidationError as error:
            wrong |= _messages(error)
    return checked, wrong


def _query(_described: Operation, shape: type[Schema]) -> Schema:
    """Validate the query parameters; a repeated parameter becomes a list, which every schema refuses."""
    return shape.model_validate(
        {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    )


def _body(described: Operation, shape: type[Schema]) -> Schema:
    content = request.get_data()
    if not content and described.is_body_optional:
        return shape()
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(NOT_AS_JSON)
    body_limits.check_json(content)
    try:
        json.loads(content.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadRequest(NO_JSON) from None
    # Strict mode: 1 is neither true, nor a timestamp, nor the text "1".
    return shape.model_validate_json(content, strict=True)


def _upload(_described: Operation, shape: type[Schema]) -> Schema:
    """Validate the fields beside a file, which are texts."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(NOT_AS_FILE)
    if "file" not in request.files:
        raise Invalid(NOT_AS_FILE, field="file")
    return shape.model_validate(
        {name: values[0] if len(values) == 1 else values for name, values in request.form.lists()}
    )


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _messages(error: ValidationError) -> dict[str, list[str]]:
    """Map field paths to messages, for the first errors; values are never repeated."""
    found: dict[str, list[str]] = {}
    for item in error.errors(include_url=False, include_input=False)[:MOST_MISTAKES]:
        name = ".".join(str(part) for part in item["loc"])[:LOCATION_CHARACTERS] or "body"
        found.setdefault(name, []).append(_message(item))
    if error.error_count() > MOST_MISTAKES:
        found.setdefault("body", []).append(f"There are {error.error_count() - MOST_MISTAKES} more mistakes.")
    return found


def _message(item: ErrorDetails) -> str:
    told = item.get("ctx", {})
    if told.get("field_type") == "Value":
        # Pydantic reports the length of a text in items once a validator of ours has wrapped it.
        at_least = told.get("min_length")
        if at_least:
            return f"Write at least {at_least} {'character' if at_least == 1 else 'characters'}."
        return f"Write at most {told['max_length']} characters."
    return item["msg"].removeprefix("Value error, ")


def _response(described: Operation, answer: Answer | Response) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer.content is None:
        response = current_app.response_class(status=HTTPStatus.NO_CONTENT)
        response.headers.pop("Content-Type", None)
    else:
        response = current_app.response_class(
            _text_of(answer.content, answer),
            status=answer.status or described.status,
            mimetype="application/json",
        )
    response.headers.update(answer.headers)
    is_secret = described.is_secret or described.bearer != "access"
    response.headers["Cache-Control"] = "no-store" if is_secret else "private, no-cache"
    if answer.content is not None and described.is_conditional:
        response.set_etag(answer.etag or tag_of(answer.content))
        if request.method in READING:
            response.make_conditional(request)
    return response


def _text_of(content: BaseModel, answer: Answer) -> str:
    if answer.fields is None:
        return content.model_dump_json()
    document = content.model_dump(mode="json")
    chosen = answer.fields
    if answer.items:
        document[answer.items] = [
            {name: item[name] for name in item if name in chosen} for item in document[answer.items]
        ]
    else:
        document = {name: document[name] for name in document if name in chosen}
    return json.dumps(document, ensure_ascii=False)


def tag_of(content: BaseModel) -> str:
    """Make an entity tag (RFC 9110, section 8.8.3) for content without a version number."""
    return hashlib.blake2b(content.model_dump_json().encode(), digest_size=12).hexdigest()


def check_match(etag: str) -> None:
    """Raise 428 without If-Match, and 412 if it does not match the current state."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired(NO_MATCH)
    check_optional_match(etag)


def check_optional_match(etag: str) -> None:
    """Raise 412 if If-Match is sent and does not match the current state (RFC 9110, section 13.1.1)."""
    if "If-Match" in request.headers and not request.if_match.contains(etag):
        db.session.rollback()
        raise PreconditionFailed(STALE)
