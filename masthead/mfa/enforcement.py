"""Enforcement of two-factor authentication: people whose role requires it are redirected until they set it up."""

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from masthead.people import access
from masthead.web import errors
from masthead.web.middleware import sessionless

#: Endpoints that somebody without the required factor can use: to set one up, or to leave.
ALLOWED_ENDPOINTS = frozenset(
    {
        "static",
        "site.theme",
        "login.logout",
        "security.overview",
        "reauthentication.confirm",
        "reauthentication.prove",
        "reauthentication.confirm_with_passkey",
        "mfa.authenticator",
        "mfa.add_authenticator",
        "mfa.add_passkey",
        "mfa.store_passkey",
    }
)


def init_app(app: Flask) -> None:
    """Redirect people whose role requires two-factor authentication until they have set it up."""
    app.before_request(_redirect_to_setup)


def _redirect_to_setup() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in ALLOWED_ENDPOINTS or sessionless.is_stateless():
        return None
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    user = access.visitor()
    if user is None or not user.lacks_factor:
        return None
    if errors.wants_json():
        raise Forbidden
    return redirect(url_for("security.overview"), code=303)
