"""Fresh proofs of identity: what gives rights or keys away asks for a sign-in of the last ten minutes.

The rule stands on the actions, so it holds at every door: a page, an access token, a personal token, which is never a
proof. Only the shell, where nobody signs in, is asked for nothing. Pages ask first (`freshness`), and keep the form.
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
#: Action → what it does, in words; docs/permissions.md lists them.
ACTIONS: dict[str, str] = {}


class RecentAuthenticationRequired(NotAllowed):
    """Somebody may do this, and has to show who they are once more."""

    def __init__(self) -> None:
        super().__init__(MISSING)


def init_app(app: Flask) -> None:
    """Ask every request for a proof, whoever sends it; the doors say when they saw one."""
    app.before_request(_begin)


def _begin() -> None:
    g.setdefault("proved_at", None)


def record(at: datetime) -> None:
    """Remember for this request when its sender last gave a password or a factor."""
    g.proved_at = at


def is_recent() -> bool:
    """Whether the sender of this request has proved who they are within the last ten minutes."""
    proved_at: datetime | None = g.get("proved_at")
    return proved_at is not None and clock.now() - proved_at <= LIFETIME


def check() -> None:
    """Raise `ProofMissing` for a request without a fresh proof."""
    # Outside of requests, as in the shell, nobody could give one.
    if "proved_at" in g and not is_recent():
        raise RecentAuthenticationRequired


def requires_recent_authentication(words: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that an action needs a fresh proof of identity; the words say what it does."""

    def decorate(action: Callable[P, R]) -> Callable[P, R]:
        ACTIONS[f"{action.__module__.removeprefix('masthead.')}.{action.__name__}"] = words

        @wraps(action)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            check()
            return action(*args, **kwargs)

        return checked

    return decorate
