"""Login sessions: one row per device. Nothing here commits, except `record_use` and `renew_secret`."""

import secrets
from datetime import UTC, datetime, timedelta
from functools import cache

from flask import current_app, request
from sqlalchemy import Row, Select, bindparam, delete, select, update
from sqlalchemy.orm import Session

from masthead import clock
from masthead.api_tokens.models import RefreshFamily
from masthead.db import db, leave_note
from masthead.errors import Conflict, NotFound
from masthead.login.models import LoginSession
from masthead.people import queries
from masthead.people.models import Role, User
from masthead.people.secret_hashes import hash_secret
from masthead.people.user_agents import device_name
from masthead.text.addresses import truncated

SECRET_BYTES = 32
UNSYNCHRONIZED = {"synchronize_session": False}
#: The time of the last use is written at most this often, so that page views seldom write.
RECORD_INTERVAL = timedelta(minutes=1)
CHANGED_MEANWHILE = "The password of this account was changed at this very moment. Sign in with the new one."
#: Stands for sessions without any authentication.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def lock_password(user: User) -> None:
    """Lock the password hash until the transaction ends; raises `Conflict` if it changed since ``user`` was read.

    Hashing takes a while. No session may begin with a password that was changed meanwhile, since the change has ended
    only the sessions that it saw.
    """
    as_it_was = (User.id == user.id, User.password_hash.is_not_distinct_from(user.password_hash))
    if db.session.scalar(select(User.id).where(*as_it_was).with_for_update(key_share=True)) is None:
        raise Conflict(CHANGED_MEANWHILE)


def start(user: User, *, is_remembered: bool) -> str:
    """Create a session for the device that sent this request; return the secret for its cookie."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    now = clock.now()
    db.session.add(
        LoginSession(
            user_id=user.id,
            secret_hash=hash_secret(secret),
            device=device_name(request.headers.get("User-Agent", "")),
            address=truncated(request.remote_addr),
            created_at=now,
            authenticated_at=now,
            last_used_at=now,
            idle_until=now + _idle(is_remembered),
            expires_at=now + timedelta(days=current_app.config["SESSION_DAYS"]),
            is_remembered=is_remembered,
            rights=user.role.rights,
        )
    )
    return secret


def _idle(is_remembered: bool) -> timedelta:
    settings = current_app.config
    if is_remembered:
        return timedelta(days=settings["SESSION_IDLE_DAYS"])
    return timedelta(hours=settings["SESSION_IDLE_HOURS"])


def find(session: Session, secret: str) -> Row[LoginSession, User] | None:
    """Return the valid session with this secret, and its user with role and second factor, in one query."""
    return session.execute(_valid(), {"secret_hash": hash_secret(secret), "now": clock.now()}).first()


@cache
def _valid() -> Select[LoginSession, User]:
    now = bindparam("now", type_=LoginSession.idle_until.type)
    return (
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .options(*queries.WITH_RIGHTS)
        .where(
            LoginSession.secret_hash == bindparam("secret_hash"),
            LoginSession.idle_until > now,
            LoginSession.expires_at > now,
            User.is_active,
            User.is_byline.is_(False),
        )
    )


def is_use_unrecorded(login: LoginSession) -> bool:
    """Return True if the use of the session must be recorded again."""
    return clock.now() - login.last_used_at >= RECORD_INTERVAL


def record_use(login: LoginSession) -> None:
    """Record the use of the session in a transaction of its own. Call it before the request's transaction begins."""
    now = clock.now()
    statement = (
        update(LoginSession)
        .where(LoginSession.id == login.id)
        .values(
            last_used_at=now,
            idle_until=now + _idle(login.is_remembered),
            address=truncated(request.remote_addr),
        )
    )
    leave_note(lambda session: session.execute(statement, execution_options=UNSYNCHRONIZED), otherwise=None)


def renew_secret(login: LoginSession, present: str, rights: str) -> str | None:
    """Issue a new secret for a session whose user's permissions changed; None if the old secret is gone.

    While the database is read-only, the secret stays, and the next request tries again.

    It uses a transaction of its own. Call it before the request's transaction begins. Of concurrent requests
    with the old secret, one gets the new one. It might be a thief's, so sensitive actions need reauthentication.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    statement = (
        update(LoginSession)
        .where(LoginSession.id == login.id, LoginSession.secret_hash == login.secret_hash)
        .values(secret_hash=hash_secret(secret), rights=rights, authenticated_at=LONG_AGO)
        .returning(LoginSession.id)
    )
    is_renewed = leave_note(
        lambda session: session.scalar(statement, execution_options=UNSYNCHRONIZED) is not None,
        otherwise=None,
    )
    login.authenticated_at = LONG_AGO
    if is_renewed is None:
        return present
    login.rights = rights
    return secret if is_renewed else None


def active_sessions(user: User) -> Select[LoginSession]:
    """Select the valid sessions of a user, the last used first."""
    now = clock.now()
    return (
        select(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.idle_until > now, LoginSession.expires_at > now)
        .order_by(LoginSession.last_used_at.desc(), LoginSession.id.desc())
    )


def end(user: User, login_id: int) -> None:
    """End a session of the user; raises `NotFound` for a session of somebody else."""
    statement = delete(LoginSession).where(LoginSession.id == login_id, LoginSession.user_id == user.id)
    if db.session.scalar(statement.returning(LoginSession.id)) is None:
        raise NotFound("This device is signed out already.")


def end_by_secret(secret: str) -> None:
    """End the session with this secret, if it exists."""
    db.session.execute(delete(LoginSession).where(LoginSession.secret_hash == hash_secret(secret)))


def end_all(user: User, *, but: int | None = None) -> None:
    """End all sessions of the user but one, and their API clients' sign-ins."""
    statement = delete(LoginSession).where(LoginSession.user_id == user.id)
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    # Signing out everywhere includes API clients.
    end_api_clients(user)


def end_api_clients(user: User) -> None:
    """End all sign-ins of the user's API clients."""
    statement = delete(RefreshFamily).where(RefreshFamily.user_id == user.id)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def end_api_clients_of_role(role: Role) -> None:
    """End all sign-ins of API clients of people with the role."""
    people = select(User.id).where(User.role_id == role.id)
    statement = delete(RefreshFamily).where(RefreshFamily.user_id.in_(people))
    db.session.execute(statement, execution_options={"synchronize_session": False})


def delete_expired(*, before: datetime) -> None:
    """Delete expired sessions."""
    ended = (LoginSession.expires_at < before) | (LoginSession.idle_until < before)
    db.session.execute(delete(LoginSession).where(ended))
    db.session.execute(delete(RefreshFamily).where(RefreshFamily.expires_at < before))
