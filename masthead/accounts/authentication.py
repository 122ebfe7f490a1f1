"""Proving who somebody is: password check, and the user behind a session cookie.

Both read in a snapshot of their own, so that no write lock is held while a password is hashed or before a view begins.
The users they return are detached: a view that rolls back can still ask them what they may do. To change an account,
load it with `queries.get`.
"""

from sqlalchemy import Select

from masthead.accounts import passwords, queries
from masthead.accounts.models import User
from masthead.db import snapshot


def verified(email: str, password: str) -> User | None:
    """The active account with this address and password. Takes as long when there is no such account."""
    user = _read(queries.with_email(email))
    correct = passwords.is_correct(password, user.password_hash if user else None)
    if user is None or not correct or not user.is_active:
        return None
    return user


def load_user(identity: str) -> User | None:
    """The account behind a session cookie, if the session has not been ended since (Flask-Login's user loader)."""
    user_id, _, version = identity.partition(".")
    if not (user_id.isascii() and user_id.isdigit() and version.isascii() and version.isdigit()):
        return None
    return _read(
        queries.users().where(
            User.id == int(user_id),
            User.session_version == int(version),
            User.is_active,
            User.is_byline.is_(False),
        )
    )


def _read(statement: Select[User]) -> User | None:
    with snapshot() as session:
        return session.scalar(statement)
