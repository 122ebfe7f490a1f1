"""Unsubscribe links: each stops one kind of email, without signing in.

Opening a link changes nothing, since mail scanners open every link. Mail programs send the POST without a cookie (RFC
8058), so the form has no CSRF token: the signed token in the URL names the user and the kind of email.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from masthead.db import db
from masthead.errors import NotFound
from masthead.people import actions, notifications, queries
from masthead.people.models import User
from masthead.people.notifications import Notification
from masthead.web.access import public
from masthead.web.forms import csrf_protection

bp = Blueprint("emails", __name__)
bp.record_once(lambda state: csrf_protection.exempt(state.app, bp))
INVALID = "This link is not valid. Sign in, and choose in your profile which emails you get."


@bp.get("/emails/<token>")
@public
def ask(token: str) -> ResponseReturnValue:
    """Show the form that unsubscribes from one kind of email."""
    return _page(*_found(token))


@bp.post("/emails/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """Unsubscribe from one kind of email."""
    user, kind = _found(token)
    actions.choose_emails(user, {kind: False}, by=user)
    db.session.commit()
    return _page(user, kind)


def _found(token: str) -> tuple[User, Notification]:
    found = notifications.from_token(token)
    if found is None:
        raise NotFound(INVALID)
    user_id, kind = found
    return queries.get(user_id), kind


def _page(user: User, kind: Notification) -> str:
    is_stopped = notifications.is_muted(user, kind)
    return render_template("accounts/stop_emails.html", kind=kind, is_stopped=is_stopped)
