"""Reauthentication: views that change keys or rights ask for the password again, unless it was given a moment ago.

The page that asks belongs to `masthead.login`, which is above this package: it is registered with `use_form_page`, and
found by its endpoint.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, redirect, request, url_for
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from masthead.people import recent_authentication
from masthead.web import errors
from masthead.web.forms import csrf_protection

P = ParamSpec("P")
R = TypeVar("R")
#: Marks guarded views. Each needs a label in `masthead.login.action_labels`.
ATTRIBUTE = "requires_reauthentication"
EXTENSION = "masthead.reauthentication"


def use_form_page(app: App, page: Callable[[], ResponseReturnValue]) -> None:
    """Register the page that answers a form: it asks for the password, and carries the form along."""
    app.extensions[EXTENSION] = page


def requires_reauthentication(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """Require an authentication that is at most ten minutes old.

    Place it below the decorator that says who may use the view.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        return view(*args, **kwargs) if recent_authentication.is_recent() else _ask_again()

    setattr(guarded, ATTRIBUTE, True)
    return guarded


def _ask_again() -> ResponseReturnValue:
    if errors.wants_json():
        raise Forbidden
    if request.method in csrf_protection.SAFE_METHODS:
        return redirect(url_for("reauthentication.confirm", next=request.full_path.rstrip("?")), code=303)
    page: ResponseReturnValue = current_app.extensions[EXTENSION]()
    return page
