"""Authentication by password and by session cookie.

Both read in a snapshot of their own, so that no write lock is held while a password is hashed or before a view begins.
The returned users are detached, so views can check their permissions after a rollback. To change an account,
load it with `queries.get`.
"""

from sqlalchemy import Select, select

from masthead.db import snapshot
from masthead.errors import NotFound
from masthead.login import one_time_links, passwords, sessions
from masthead.login.models import AccountToken, LoginSession
from masthead.login.one_time_links import Purpose
from masthead.people import queries
from masthead.people.models import User


def verify_password(email: str, password: str) -> User | None:
    """Return the account with this address and password if it may sign in. Takes equally long if no such account exists."""
    user = _read(queries.with_email(email))
    correct = passwords.is_correct(password, user.password_hash if user else None)
    if user is None or not correct or not (user.is_active or _is_leaving(user)):
        return None
    # Signing in must not reveal more about an address than registering does: see `registration`.
    return None if user.is_unconfirmed else user


def _is_leaving(user: User) -> bool:
    """Return True if signing in would cancel a pending deletion of the account."""
    with snapshot() as session:
        return bool(session.scalar(select(queries.is_deletion_revocable(user.id))))


def session_with_secret(secret: str) -> tuple[LoginSession, User] | None:
    """Return the valid session with this secret, and its user."""
    with snapshot() as session:
        found = sessions.find(session, secret)
    if found is None:
        return None
    login, user = found
    return login, user


def has_second_factor(user: User) -> bool:
    """Return True if the account has a second factor. Reads in a snapshot, without a lock."""
    with snapshot() as session:
        return bool(session.scalar(select(User.has_second_factor).where(User.id == user.id)))


def active_account(user_id: int) -> User | None:
    """Return the account if its owner may sign in, or None."""
    user = _read(queries.users().where(User.id == user_id, queries.can_sign_in(), User.is_byline.is_(False)))
    return None if user is None or user.is_unconfirmed else user


def token_with(purpose: Purpose, secret: str) -> AccountToken:
    """Return the token of a one-time link without using it up; raises `NotFound`."""
    with snapshot() as session:
        token = session.scalar(one_time_links.matching(purpose, secret))
    if token is None:
        raise NotFound(one_time_links.INVALID)
    return token


def account_of_token(token: AccountToken) -> User:
    """Return the account that a one-time link changes; raises `NotFound` if it is disabled or a byline."""
    user = _read(queries.users().where(User.id == token.user_id))
    if user is None or user.is_byline or not user.is_active:
        raise NotFound(one_time_links.INVALID)
    return user


def _read(statement: Select[User]) -> User | None:
    with snapshot() as session:
        return session.scalar(statement)
