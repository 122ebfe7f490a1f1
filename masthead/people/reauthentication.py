"""Reauthentication: sensitive changes need a sign-in of the last ten minutes.

Actions that give away permissions or credentials declare it with `requires_recent_authentication`, so the rule applies
to pages, access tokens and personal tokens alike; a personal token never counts as recent. The CLI is exempt.

Views declare it with `requires_reauthentication`, which asks for the password first, and keeps the submitted form. The
page that asks belongs to `masthead.login`, which is above this package: it is registered with `use_form_page`, and
found by its endpoint.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from masthead import clock
from masthead.errors import NotAllowed
from masthead.web import errors
from masthead.web.forms import csrf_protection

P = ParamSpec("P")
R = TypeVar("R")
LIFETIME = timedelta(minutes=10)
MISSING = "Sign in again: this needs a sign-in of the last ten minutes."
#: Action → its description; docs/permissions.md lists them.
ACTIONS: dict[str, str] = {}
#: Marks guarded views. Each needs a label in `masthead.login.action_labels`.
ATTRIBUTE = "requires_reauthentication"
EXTENSION = "masthead.reauthentication"


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


def use_form_page(app: App, page: Callable[[], ResponseReturnValue]) -> None:
    """Register the page that answers a form: it asks for the password, and carries the form along."""
    app.extensions[EXTENSION] = page


def requires_reauthentication(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """Require an authentication that is at most ten minutes old.

    Place it below the decorator that says who may use the view.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        return view(*args, **kwargs) if is_recent() else _ask_again()

    setattr(guarded, ATTRIBUTE, True)
    return guarded


def _ask_again() -> ResponseReturnValue:
    if errors.wants_json():
        raise Forbidden
    if request.method in csrf_protection.SAFE_METHODS:
        return redirect(url_for("reauthentication.confirm", next=request.full_path.rstrip("?")), code=303)
    page: ResponseReturnValue = current_app.extensions[EXTENSION]()
    return page
