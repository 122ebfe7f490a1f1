"""Answers that are the same for everybody: files, feeds and site maps set no cookie and do not vary by one.

Flask-Login looks into the session after every request, which alone makes Flask answer ``Vary: Cookie``; a cache in
front of the site would then keep a copy of each picture for each reader. Those that the page cache keeps come from
memory for readers who are signed in, too.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from masthead import clock
from masthead.pagecache import FOR_EVERYBODY
from masthead.web.signed_times import SteadySigner

View = TypeVar("View", bound=Callable[..., Any])


class SessionlessInterface(SecureCookieSessionInterface):
    """Flask's sessions, but for the views that have none; they end by our clock."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Sign with a clock that ignores leaps."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = SteadySigner
        return serializer

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """The moment at which the browser forgets the cookie of a session that lasts."""
        return clock.now() + app.permanent_session_lifetime if session.permanent else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, unless the view is stateless; an error page is not, since it shows who is signed in."""
        if not (is_stateless() and response.status_code < 400):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Use these sessions."""
    app.session_interface = SessionlessInterface()


def sessionless(view: View) -> View:
    """Declare that the view answers everybody alike."""
    setattr(view, FOR_EVERYBODY, True)
    return view


def is_stateless() -> bool:
    """Whether the view of this request was declared so."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, FOR_EVERYBODY, False)
