"""Step-up: what changes an account's keys asks for them again, unless they were given a moment ago.

Also, roles can ask for a second factor: whoever has none yet is led to set one up before anything else.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from masthead.login.views import two_factor
from masthead.people import access, recent_authentication
from masthead.web import errors
from masthead.web.forms import csrf_protection
from masthead.web.middleware import sessionless

P = ParamSpec("P")
R = TypeVar("R")
#: Marks views that need one: each has to have words for what it does (`masthead.login.action_labels`).
ATTRIBUTE = "needs_fresh_sign_in"
#: What somebody without the factor that their role asks for can use: to set one up, or to leave.
SETTING_UP = frozenset(
    {
        "static",
        "site.theme",
        "accounts.logout",
        "security.overview",
        "identity.confirm",
        "identity.prove",
        "identity.confirm_with_passkey",
        "factors.authenticator",
        "factors.add_authenticator",
        "factors.add_passkey",
        "factors.store_passkey",
    }
)


def init_app(app: Flask) -> None:
    """Lead people whose role asks for a second factor to it."""
    app.before_request(_lead_to_factor)


def freshly_signed_in(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """Declare that the view needs a proof of identity that is at most ten minutes old.

    It stands below the decorator that says who may use the view.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        return view(*args, **kwargs) if recent_authentication.is_fresh() else _ask_again()

    setattr(guarded, ATTRIBUTE, True)
    return guarded


def _ask_again() -> ResponseReturnValue:
    if errors.wants_json():
        raise Forbidden
    if request.method in csrf_protection.SAFE_METHODS:
        return redirect(url_for("identity.confirm", next=request.full_path.rstrip("?")), code=303)
    return two_factor.ask_for_proof()


def _lead_to_factor() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in SETTING_UP or sessionless.is_stateless():
        return None
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    user = access.visitor()
    if user is None or not user.lacks_factor:
        return None
    if errors.wants_json():
        raise Forbidden
    return redirect(url_for("security.overview"), code=303)
