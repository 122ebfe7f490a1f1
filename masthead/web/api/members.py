"""Partial validation: the valid fields of a body that has invalid ones."""

import json
from collections.abc import Collection
from typing import Annotated, Any

from flask import request
from pydantic import TypeAdapter, ValidationError

from masthead.web.api.schemas import Schema


def right_ones(shape: type[Schema], wrong: Collection[str]) -> dict[str, Any]:
    """Validate the body without the fields in ``wrong``, which are matched by the start of their path."""
    sent = json.loads(request.get_data() or b"{}")
    refused = {path.partition(".")[0] for path in wrong}
    if not isinstance(sent, dict):
        return {}
    found = {}
    for name in shape.model_fields.keys() & sent.keys() - refused:
        try:
            found[name] = _checked(shape, name, sent[name])
        except ValidationError:
            # The field has an error that the truncated list of errors left out.
            continue
    return found


def _checked(shape: type[Schema], name: str, value: object) -> object:
    kind: Any = shape.model_fields[name]
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kind.annotation, kind])
    return adapter.validate_json(json.dumps(value), strict=True)
