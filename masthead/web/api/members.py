"""The members of a body that have their shape, although others have not."""

import json
from collections.abc import Collection
from typing import Annotated, Any

from flask import request
from pydantic import TypeAdapter, ValidationError

from masthead.web.api.schemas import Schema


def right_ones(shape: type[Schema], wrong: Collection[str]) -> dict[str, Any]:
    """What was sent, checked; without the members that stand in ``wrong``, by the beginning of their path."""
    sent = json.loads(request.get_data() or b"{}")
    refused = {path.partition(".")[0] for path in wrong}
    if not isinstance(sent, dict):
        return {}
    found = {}
    for name in shape.model_fields.keys() & sent.keys() - refused:
        try:
            found[name] = _checked(shape, name, sent[name])
        except ValidationError:
            # One of the mistakes that the answer had no room for.
            continue
    return found


def _checked(shape: type[Schema], name: str, value: object) -> object:
    kind: Any = shape.model_fields[name]
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kind.annotation, kind])
    return adapter.validate_json(json.dumps(value), strict=True)
