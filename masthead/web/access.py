"""Access control of routes: every route declares who may use it, and the application does not start otherwise."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "masthead_access"
PUBLIC = "public"


class UndeclaredAccess(RuntimeError):
    """Routes declare neither a permission nor that they are public."""

    def __init__(self, endpoints: list[str]) -> None:
        super().__init__(f"These routes declare no access: {', '.join(endpoints)}.")
        self.endpoints = endpoints


def public(view: View) -> View:
    """Declare that anybody may use this view."""
    setattr(view, ATTRIBUTE, PUBLIC)
    return view


def declared(view: object) -> str | None:
    """Return the access that the view declares, or None."""
    found: str | None = getattr(view, ATTRIBUTE, None)
    return found


def check(app: Flask) -> None:
    """Raise `UndeclaredAccess` if a route of the application declares no access."""
    undeclared = [endpoint for endpoint, view in app.view_functions.items() if declared(view) is None]
    if undeclared:
        raise UndeclaredAccess(sorted(undeclared))
