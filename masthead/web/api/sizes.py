"""Body size limits of operations, computed from the largest body that each schema allows."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from masthead.web.api.schemas import Schema
from masthead.web.middleware.body_limits import ARTICLE_BYTES

#: Allowance for names, white space, numbers and timestamps.
LEAST_BYTES: Final = 4 * 1024
#: JSON clients may write each character of the basic plane as ``\uXXXX``.
BYTES_OF_A_CHARACTER: Final = 6
#: Allowance for a text whose schema sets no length; its own rules refuse longer ones.
CHARACTERS: Final = 500
ITEMS: Final = 100
VALUE_BYTES: Final = 64


@cache
def bytes_for(shape: type[Schema] | None) -> int:
    """Return the size limit of an operation with this body schema, or without a body."""
    if shape is None:
        return LEAST_BYTES
    schema = shape.model_json_schema()
    return min(ARTICLE_BYTES, LEAST_BYTES + _largest(schema, schema.get("$defs", {})))


def _largest(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> int:
    """Return the size in bytes of the longest value that the schema allows."""
    if "$ref" in schema:
        return _largest(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return max(_largest(choice, definitions) for choice in choices)
    match schema.get("type"):
        case "string":
            return BYTES_OF_A_CHARACTER * int(schema.get("maxLength", CHARACTERS))
        case "array":
            return int(schema.get("maxItems", ITEMS)) * _largest(schema.get("items", {}), definitions)
        case "object":
            members = schema.get("properties", {})
            return sum(VALUE_BYTES + _largest(member, definitions) for member in members.values())
    return VALUE_BYTES
