"""Who owns an account: the first answer from its mailbox decides, not whoever registered the address first.

Anybody can register somebody else's address and set a password. So confirming it for the first time keeps the password
only if the same person knows it: by the browser that registered, by a login in this browser, or by typing it.
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
    """Let this browser be known again as the one that chose this password.

    It is noted for an address that had an account as well, where it fits nothing: the note tells nobody which it was.
    """
    session[KEY] = _mark(password_hash)


def is_known_browser(user: User) -> bool:
    """True if this browser registered the account, or is signed in to it."""
    visitor = access.visitor()
    if visitor is not None:
        return visitor.id == user.id
    return hmac.compare_digest(str(session.get(KEY, "")), _mark(user.password_hash or ""))


def is_recognised(user: User, password: str) -> bool:
    """Whether whoever opened the link also set the password; raises `Invalid` for a wrong one."""
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
    """Confirm the address, or change to it; a link to set a password, if the account has none after that.

    The caller holds the account (`queries.held`) and has used the link.
    """
    # Somebody else may have confirmed the account, or reset it, since the page was shown.
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
    """Set a password with a link, which also shows that letters arrive; tokens of programs end with what was before."""
    if user.confirmed_at is None:
        login_actions.confirm_email(user, at=clock.now())
    login_actions.reset_password(user, password_hash, by=user)


def _mark(password_hash: str) -> str:
    """What changes with the password; a key that nobody else has keeps it from being a hash to attack."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"registered:{password_hash}".encode(), hashlib.sha256).hex()
