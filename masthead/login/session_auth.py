"""Signing in and out: Flask-Login on top of login sessions that live in the database."""

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, login_user, logout_user
from flask_login import current_user as login_proxy
from werkzeug.exceptions import Unauthorized

from masthead import audit
from masthead.extensions import login_manager
from masthead.login import actions as login_actions
from masthead.login import authentication, login_throttling, sessions
from masthead.login.models import LoginSession
from masthead.people import recent_authentication
from masthead.people.models import User
from masthead.web.forms import csrf_tokens
from masthead.web.middleware import sessionless


def init_app(app: Flask) -> None:
    """Let Flask-Login find accounts, before anything else touches the database."""
    manager: LoginManager = login_manager
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app)
    app.before_request(_recognise)
    login_throttling.init_app(app)


def _recognise() -> None:
    """Find out who asks, as long as the request holds no lock: noting the use of a login is a write of its own."""
    # The API knows its callers by the Authorization header alone: see `masthead.api_tokens.jwt`.
    if request.path.startswith("/api/"):
        return
    if request.endpoint != "static" and current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        bool(login_proxy.is_authenticated)


def _load(secret: str) -> User | None:
    found = authentication.session_with_secret(secret)
    if found is None:
        return None
    login, user = found
    # A view without a session could not hand out a new id, and shows nobody more than others.
    if login.rights != user.role.rights and not sessionless.is_stateless():
        renewed = sessions.renew_secret(login, secret, user.role.rights)
        if renewed is None:
            return None
        secret = session["_user_id"] = renewed
    if sessions.is_use_unrecorded(login):
        sessions.record_use(login)
    user.login_secret = secret
    g.login_session = login
    recent_authentication.record(login.authenticated_at)
    return user


def current_login() -> LoginSession:
    """The login that this request belongs to; only for views that somebody signed in sees."""
    if "login_session" not in g:
        raise Unauthorized
    login: LoginSession = g.login_session
    return login


def sign_in(user: User, *, remember: bool, way: str = "password") -> None:
    """Sign somebody in with a new session, in the caller's transaction. The one before, if any, ends.

    Whoever waits for the deletion of their account and signs in keeps it.
    """
    sessions.lock_password(user)
    if not user.is_active:
        # Flask-Login asks this object, which is not the row.
        user.is_active = login_actions.cancel_deletion(user.id)
    _end_present()
    # What somebody planted in this browser must not become part of a signed-in session.
    csrf_tokens.begin_session(user.id)
    session.permanent = remember
    user.login_secret = sessions.start(user, is_remembered=remember)
    login_user(user)
    audit.record("sign_in.succeeded", by=user, way=way)


def renew_session(user: User) -> None:
    """Give this device a new session, after its rights, its password or the proof of who uses it changed.

    The other devices stay as they are.
    """
    remember = bool(session.permanent)
    _end_present()
    user.login_secret = sessions.start(user, is_remembered=remember)
    csrf_tokens.begin_session(user.id)
    session.permanent = remember
    login_user(user)
    g.pop("login_session", None)


def sign_out() -> None:
    """End the login of this device."""
    if login_proxy.is_authenticated:
        user: User = login_proxy._get_current_object()  # noqa: SLF001 - werkzeug documents it for this use
        audit.record("sign_out", by=user)
    _end_present()
    # First the session, then Flask-Login, which leaves the order to drop its own cookie in it.
    session.clear()
    logout_user()
    g.pop("login_session", None)


def _end_present() -> None:
    secret = session.get("_user_id")
    if isinstance(secret, str):
        sessions.end_by_secret(secret)
