"""Recent authentication: actions that give away permissions or credentials need a sign-in of the last ten minutes.

Actions check the rule, so it applies to pages, access tokens and personal tokens alike; a personal token never counts
as recent. The CLI is exempt. Pages ask first (`masthead.people.reauthentication`), and keep the submitted form.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, g

from masthead import clock
from masthead.errors import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")
LIFETIME = timedelta(minutes=10)
MISSING = "Sign in again: this needs a sign-in of the last ten minutes."
#: Action → its description; docs/permissions.md lists them.
ACTIONS: dict[str, str] = {}


class RecentAuthenticationRequired(NotAllowed):
    """The user has the permission, and must authenticate again."""

    def __init__(self) -> None:
        super().__init__(MISSING)


def init_app(app: Flask) -> None:
    """Require recent authentication of every request. Session and token authentication call `record`."""
    app.before_request(_begin)


def _begin() -> None:
    g.setdefault("proved_at", None)


def record(at: datetime) -> None:
    """Record when the sender of this request last gave a password or a second factor."""
    g.proved_at = at


def is_recent() -> bool:
    """Return True if the sender of this request authenticated within the last ten minutes."""
    proved_at: datetime | None = g.get("proved_at")
    return proved_at is not None and clock.now() - proved_at <= LIFETIME


def check() -> None:
    """Raise `RecentAuthenticationRequired` for a request without recent authentication."""
    # The CLI has no request, and is exempt.
    if "proved_at" in g and not is_recent():
        raise RecentAuthenticationRequired


def requires_recent_authentication(words: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Require recent authentication for an action; the words describe it."""

    def decorate(action: Callable[P, R]) -> Callable[P, R]:
        ACTIONS[f"{action.__module__.removeprefix('masthead.')}.{action.__name__}"] = words

        @wraps(action)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            check()
            return action(*args, **kwargs)

        return checked

    return decorate
