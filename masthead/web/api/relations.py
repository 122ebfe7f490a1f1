"""What the document says beyond single operations: sparse answers, and which state leads to which change."""

import json
from typing import Any

from masthead.web.api.operations import Operation

SPARSE = "Sparse"
_REFERENCE = "#/components/schemas/"


def is_sparse(described: Operation) -> bool:
    """Whether the client may choose the members of the answer."""
    return described.query is not None and "fields" in described.query.model_fields


def add_sparse(components: dict[str, Any], name: str) -> None:
    """Describe the answer with ``fields``: of an object, or of a list's items, any members may be missing."""
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
    """Say in each answer that has an ETag which changes of the same thing take it (OpenAPI 3.1, Link Object)."""
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
