"""JSON that scripts of our own pages send, with the session's cookie and the form token in the header X-CSRF-Token."""

import json
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from masthead.errors import Invalid, SeveralInvalid
from masthead.extensions import csrf
from masthead.web.middleware import body_limits

Shape = TypeVar("Shape", bound=BaseModel)


class PageJson(BaseModel):
    """The base of shapes that scripts send: exact types, and no unknown members."""

    model_config = ConfigDict(extra="forbid", strict=True)


def read(shape: type[Shape]) -> Shape:
    """Check the form token, then return the body; raises `Invalid` with the wrong members.

    Views that call this are marked with `redisplays_expired_form`, so that somebody who is signed out hears that,
    and not that a token has expired.
    """
    csrf.protect()
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    content = request.get_data()
    body_limits.check_json(content)
    try:
        # Unlike Pydantic's parser, this one lets lone surrogates pass, which broken emojis leave behind.
        found = json.loads(content.decode())
    except (ValueError, RecursionError):
        raise BadRequest from None
    return checked(shape, found)


def checked(shape: type[Shape], found: Any) -> Shape:
    """Return the values in this shape; raises `Invalid`."""
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise SeveralInvalid(
            Invalid(
                item["msg"].removeprefix("Value error, "), field=".".join(map(str, item["loc"])) or "body"
            )
            for item in wrong[:20]
        ) from None
