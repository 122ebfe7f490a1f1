"""Sessionless responses: files, feeds and site maps set no cookie and do not vary by one.

Flask-Login reads the session after every request, which makes Flask send ``Vary: Cookie``; a cache in front of the
site would then keep a copy of each picture for each reader. Sessionless pages in the page cache are served from memory
to signed-in readers, too.
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
    """Flask's sessions, skipped for sessionless views; they expire by `masthead.clock`."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Sign with a clock that ignores leaps."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = SteadySigner
        return serializer

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """Return the expiry of the cookie of a permanent session."""
        return clock.now() + app.permanent_session_lifetime if session.permanent else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, unless the view is sessionless; an error page is not, because it shows who is signed in."""
        if not (is_stateless() and response.status_code < 400):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Install the session interface."""
    app.session_interface = SessionlessInterface()


def sessionless(view: View) -> View:
    """Declare that the view answers everybody alike."""
    setattr(view, FOR_EVERYBODY, True)
    return view


def is_stateless() -> bool:
    """Tell if the view of this request is sessionless."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, FOR_EVERYBODY, False)
