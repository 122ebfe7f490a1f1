"""Relations between operations in the document: sparse fieldsets, and links from a state to its changes."""

import json
from typing import Any

from masthead.web.api.operations import Operation

SPARSE = "Sparse"
_REFERENCE = "#/components/schemas/"


def is_sparse(described: Operation) -> bool:
    """Tell if the client may select the fields of the response."""
    return described.query is not None and "fields" in described.query.model_fields


def add_sparse(components: dict[str, Any], name: str) -> None:
    """Describe responses with ``fields``: any member of the object, or of the list items, may be missing."""
    lists = [
        (member, part["items"]["$ref"].removeprefix(_REFERENCE))
        for member, part in components[name]["properties"].items()
        if "total" in components[name]["properties"] and "$ref" in part.get("items", {})
    ]
    whole = json.loads(json.dumps(components[name]))
    for member, item in lists:
        add_sparse(components, item)
        whole["properties"][member]["items"] = {"$ref": f"{_REFERENCE}{item}{SPARSE}"}
    if not lists:
        whole.pop("required", None)
    components[f"{name}{SPARSE}"] = whole | {"title": f"{name}{SPARSE}"}


def link(paths: dict[str, Any]) -> None:
    """Link each response with an ETag to the operations that take it in If-Match (OpenAPI 3.1, Link Object)."""
    for path, methods in paths.items():
        for changing in sorted(methods.keys() & {"put", "patch", "delete"}):
            for method in ("get", "put", "patch"):
                answer = methods.get(method, {}).get("responses", {}).get("200", {})
                if method != changing and "ETag" in answer.get("headers", {}):
                    name = methods[changing]["operationId"]
                    answer.setdefault("links", {})[name] = _link(name, path, methods[changing])


def _link(name: str, path: str, target: dict[str, Any]) -> dict[str, Any]:
    taken: dict[str, str] = {
        f"path.{parameter['name']}": f"$request.path.{parameter['name']}"
        for parameter in target["parameters"]
        if parameter["in"] == "path"
    }
    if any(parameter["name"] == "If-Match" for parameter in target["parameters"]):
        taken["header.If-Match"] = "$response.header.ETag"
    return {"operationId": name, "parameters": taken, "description": f"{target['summary']}: {path}"}
