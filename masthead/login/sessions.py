"""Login sessions: a row for each device on which somebody is signed in. Nothing here commits but the note of its use."""

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
#: The time of the last use is written at most this often, so that reading pages does not write.
RECORD_INTERVAL = timedelta(minutes=1)
CHANGED_MEANWHILE = "The password of this account was changed at this very moment. Sign in with the new one."
#: As if the password had never been given.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def lock_password(user: User) -> None:
    """Keep the password as it was when ``user`` was read, until this transaction ends; raises `Conflict` if it is not.

    Hashing takes a while. A login must not begin with a password that was changed meanwhile, since the change has ended
    only the logins that it saw.
    """
    as_it_was = (User.id == user.id, User.password_hash.is_not_distinct_from(user.password_hash))
    if db.session.scalar(select(User.id).where(*as_it_was).with_for_update(key_share=True)) is None:
        raise Conflict(CHANGED_MEANWHILE)


def start(user: User, *, is_remembered: bool) -> str:
    """Sign somebody in on the device that sent this request; the secret for its cookie."""
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
    """The login with this secret and its account, while both may be used. One query, role, second factor and all."""
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
    """Whether the use of the login has to be written down again."""
    return clock.now() - login.last_used_at >= RECORD_INTERVAL


def record_use(login: LoginSession) -> None:
    """Write down that the login is in use, in a transaction of its own; call it before the request's own begins."""
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
    """A new secret for a login whose owner may do something else than when it began; None if the present one is gone.

    While nothing can be written it stays as it is, and the next request tries again.

    It is written in a transaction of its own; call it before the request's own begins. Of several requests that come
    with the old secret at once, one gets the new one. Nobody knows who sent it, so what matters asks for a proof again.
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
    """Where somebody is signed in, the last used first."""
    now = clock.now()
    return (
        select(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.idle_until > now, LoginSession.expires_at > now)
        .order_by(LoginSession.last_used_at.desc(), LoginSession.id.desc())
    )


def end(user: User, login_id: int) -> None:
    """End one login of somebody; raises `NotFound` for one that is not theirs."""
    statement = delete(LoginSession).where(LoginSession.id == login_id, LoginSession.user_id == user.id)
    if db.session.scalar(statement.returning(LoginSession.id)) is None:
        raise NotFound("This device is signed out already.")


def end_by_secret(secret: str) -> None:
    """End the login whose cookie carries this secret, if it still exists."""
    db.session.execute(delete(LoginSession).where(LoginSession.secret_hash == hash_secret(secret)))


def end_all(user: User, *, but: int | None = None) -> None:
    """End every login of somebody, or every other one."""
    statement = delete(LoginSession).where(LoginSession.user_id == user.id)
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    # What signs a person out everywhere signs their API clients out too.
    end_api_clients(user)


def end_api_clients(user: User) -> None:
    """End every sign-in of somebody's API clients."""
    statement = delete(RefreshFamily).where(RefreshFamily.user_id == user.id)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def end_api_clients_of_role(role: Role) -> None:
    """End every sign-in of an API client of everybody with the role."""
    people = select(User.id).where(User.role_id == role.id)
    statement = delete(RefreshFamily).where(RefreshFamily.user_id.in_(people))
    db.session.execute(statement, execution_options={"synchronize_session": False})


def delete_expired(*, before: datetime) -> None:
    """Delete the rows of logins whose time is over."""
    ended = (LoginSession.expires_at < before) | (LoginSession.idle_until < before)
    db.session.execute(delete(LoginSession).where(ended))
    db.session.execute(delete(RefreshFamily).where(RefreshFamily.expires_at < before))
