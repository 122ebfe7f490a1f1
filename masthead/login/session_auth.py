"""Session authentication: Flask-Login with login sessions in the database."""

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, login_user, logout_user
from flask_login import current_user as login_proxy
from werkzeug.exceptions import Unauthorized

from masthead import audit
from masthead.extensions import login_manager
from masthead.login import actions as login_actions
from masthead.login import authentication, login_throttling, sessions
from masthead.login.models import LoginSession
from masthead.people import actions as people_actions
from masthead.people import reauthentication
from masthead.people.models import User
from masthead.web.forms import csrf_tokens
from masthead.web.middleware import sessionless


def init_app(app: Flask) -> None:
    """Set up Flask-Login, and load the user before anything else uses the database."""
    manager: LoginManager = login_manager
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app)
    app.before_request(_recognise)
    login_throttling.init_app(app)


def _recognise() -> None:
    """Load the user before the request holds a lock: recording the use of a session is a write of its own."""
    # The API authenticates by the Authorization header alone: see `masthead.api_tokens.jwt`.
    if request.path.startswith("/api/"):
        return
    if request.endpoint != "static" and current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        bool(login_proxy.is_authenticated)


def _load(secret: str) -> User | None:
    found = authentication.session_with_secret(secret)
    if found is None:
        return None
    login, user = found
    # A sessionless view could not send the new secret, and shows the same to everybody.
    if login.rights != user.role.rights and not sessionless.is_stateless():
        renewed = sessions.renew_secret(login, secret, user.role.rights)
        if renewed is None:
            return None
        secret = session["_user_id"] = renewed
    if sessions.is_use_unrecorded(login):
        sessions.record_use(login)
    user.login_secret = secret
    g.login_session = login
    reauthentication.record(login.authenticated_at)
    return user


def current_login() -> LoginSession:
    """Return the login session of this request. Call it only in views for signed-in users."""
    if "login_session" not in g:
        raise Unauthorized
    login: LoginSession = g.login_session
    return login


def sign_in(user: User, *, remember: bool, way: str = "password") -> None:
    """Sign a user in with a new session, in the caller's transaction. An earlier session of this browser ends.

    Signing in cancels a pending deletion of the account.
    """
    sessions.lock_password(user)
    if not user.is_active:
        # Flask-Login reads this detached object, not the row.
        user.is_active = login_actions.cancel_deletion(user.id)
    _end_present()
    # Content that somebody planted in this browser must not enter the authenticated session.
    csrf_tokens.begin_session(user.id)
    session.permanent = remember
    user.login_secret = sessions.start(user, is_remembered=remember)
    login_user(user)
    if "time_zone" in request.form:
        people_actions.guess_time_zone(user, request.form["time_zone"])
    audit.record("sign_in.succeeded", by=user, way=way)


def renew_session(user: User) -> None:
    """Give this device a new session after a change of permissions or password, or after reauthentication.

    Sessions on other devices stay.
    """
    remember = bool(session.permanent)
    _end_present()
    user.login_secret = sessions.start(user, is_remembered=remember)
    csrf_tokens.begin_session(user.id)
    session.permanent = remember
    login_user(user)
    g.pop("login_session", None)


def sign_out() -> None:
    """End the session of this device."""
    if login_proxy.is_authenticated:
        user: User = login_proxy._get_current_object()  # noqa: SLF001 - werkzeug documents it for this use
        audit.record("sign_out", by=user)
    _end_present()
    # Clear the session first: Flask-Login then stores in it that its own cookie must go.
    session.clear()
    logout_user()
    g.pop("login_session", None)


def _end_present() -> None:
    secret = session.get("_user_id")
    if isinstance(secret, str):
        sessions.end_by_secret(secret)
