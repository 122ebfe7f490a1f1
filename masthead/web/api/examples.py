"""Examples of request and response bodies, assembled from the field examples that the schemas declare."""

from typing import Any

JSON = "application/json"


def add(paths: dict[str, Any], shapes: dict[str, Any]) -> None:
    """Add an example to the bodies of all operations."""
    for methods in paths.values():
        for operation in methods.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                if JSON in part.get("content", {}):
                    content = part["content"][JSON]
                    content["example"] = of(content["schema"], shapes)


def of(schema: dict[str, Any], shapes: dict[str, Any]) -> Any:
    """Build an example of a JSON Schema; raises `LookupError` if a field has none and its type implies none."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return of(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return of(schema["anyOf"][0], shapes)
    if "items" in schema:
        return [of(schema["items"], shapes)]
    if "properties" in schema:
        return {name: _member(name, field, shapes) for name, field in schema["properties"].items()}
    raise LookupError("A field has no example")


def _member(name: str, field: dict[str, Any], shapes: dict[str, Any]) -> Any:
    try:
        return of(field, shapes)
    except LookupError as error:
        raise LookupError(f"{error}: {name}") from None
