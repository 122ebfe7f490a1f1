"""Ownership of email addresses: whoever first confirms an address owns the account, not whoever registered it.

Anybody can register somebody else's address and set a password. So the first confirmation keeps the password
only if the same person knows it: shown by the browser that registered, a session in this browser, or typing it.
"""

import hashlib
import hmac

from flask import current_app, session

from masthead import clock
from masthead.db import db
from masthead.errors import Conflict, Invalid
from masthead.login import actions as login_actions
from masthead.login import login_throttling, one_time_links, passwords
from masthead.login.one_time_links import Purpose, url_of
from masthead.people import access, queries
from masthead.people.models import User

KEY = "registered"
WRONG_PASSWORD = "This is not the password of the account. If you do not know it, leave the field empty and choose a new one next."  # noqa: S105


def remember_registration(password_hash: str) -> None:
    """Mark this browser as the one that chose the password.

    The mark is also set if the address had an account already, where it matches nothing, so it does not reveal that.
    """
    session[KEY] = _mark(password_hash)


def is_known_browser(user: User) -> bool:
    """Return True if this browser registered the account, or is signed in to it."""
    visitor = access.visitor()
    if visitor is not None:
        return visitor.id == user.id
    return hmac.compare_digest(str(session.get(KEY, "")), _mark(user.password_hash or ""))


def is_recognised(user: User, password: str) -> bool:
    """Return True if the person who opened the link also set the password; raises `Invalid` for a wrong password."""
    if user.confirmed_at is not None or is_known_browser(user):
        return True
    if not password:
        return False
    attempt = login_throttling.begin(user.email or "")
    if not passwords.is_correct(password, user.password_hash):
        raise Invalid(WRONG_PASSWORD, field="password")
    attempt.take_back()
    return True


def confirm_address(user: User, email: str, *, is_theirs: bool) -> str | None:
    """Confirm the address, or change to it; return a link to set a password if the account has none afterwards.

    The caller has locked the account (`queries.get_for_update`) and used up the link.
    """
    # A concurrent request may have confirmed the account, or reset its password.
    is_first = user.confirmed_at is None
    if user.email_key != queries.email_key(email):
        try:
            login_actions.change_email(user, email, by=user, at=clock.now(), is_confirmed=not is_first)
        except Invalid as error:
            raise Conflict("This address cannot be used for your account. Choose another one.") from error
        if not is_first:
            return None
    login_actions.confirm_email(user, at=clock.now())
    if not is_first or is_theirs:
        return None
    login_actions.remove_password(user)
    token = one_time_links.create(Purpose.RESET, user=user)
    db.session.flush()
    return url_of(Purpose.RESET, one_time_links.issue_secret(token))


def reset_password(user: User, password_hash: str) -> None:
    """Set a password with a one-time link. This also confirms the address, and revokes personal tokens."""
    if user.confirmed_at is None:
        login_actions.confirm_email(user, at=clock.now())
    login_actions.reset_password(user, password_hash, by=user)


def _mark(password_hash: str) -> str:
    """Return an HMAC of the password hash, which changes with the password and cannot be attacked offline."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"registered:{password_hash}".encode(), hashlib.sha256).hex()
