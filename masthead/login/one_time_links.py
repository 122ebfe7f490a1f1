"""One-time links: creating, reading and using them up. Only hashes of their secrets are stored."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import Select, delete, select

from masthead import clock
from masthead.db import db
from masthead.errors import NotFound
from masthead.jobs import current_job
from masthead.login.models import AccountToken
from masthead.people.models import Role, User
from masthead.people.secret_hashes import hash_secret
from masthead.web.links import absolute_url

SECRET_BYTES = 32
INVALID = "This link is not valid any more. Links work once and for a limited time; ask for a new one."


class Purpose(StrEnum):
    """The purpose of a one-time link."""

    CONFIRM = "confirm"
    RESET = "reset"
    INVITE = "invite"
    UNDO = "undo"


LIFETIMES = {
    Purpose.CONFIRM: timedelta(hours=1),
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITE: timedelta(days=7),
    Purpose.UNDO: timedelta(days=14),
}


def create(
    purpose: Purpose, *, user: User | None = None, email: str = "", role: Role | None = None
) -> AccountToken:
    """Create a link without a known secret; `issue_secret` makes one when the email is written."""
    now = clock.now()
    token = AccountToken(
        purpose=purpose,
        secret_hash=hash_secret(secrets.token_urlsafe(SECRET_BYTES)),
        user_id=user.id if user is not None else None,
        email=email,
        role_id=role.id if role is not None else None,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    db.session.add(token)
    return token


def issue_secret(token: AccountToken) -> str:
    """Issue a new secret for the link, which replaces the old one. The secret itself is not stored.

    A job that runs again gets the same secret: its email may have been sent already, with the same
    Message-ID, and a mailbox may show only the first of two such emails.
    """
    mark = current_job.next_mark()
    secret = secrets.token_urlsafe(SECRET_BYTES) if mark is None else _derived(token, mark)
    token.secret_hash = hash_secret(secret)
    token.expires_at = clock.now() + LIFETIMES[Purpose(token.purpose)]
    return secret


def _derived(token: AccountToken, mark: str) -> str:
    """Derive the secret from the job's idempotency key with SECRET_KEY."""
    named = f"link:{token.id}:{token.created_at.isoformat()}:{mark}"
    digest = hmac.digest(current_app.config["SECRET_KEY"].encode(), named.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def get_pending(token_id: int) -> AccountToken | None:
    """Return the link with this id, unless it is used or revoked."""
    return db.session.get(AccountToken, token_id)


def matching(purpose: Purpose, secret: str) -> Select[AccountToken]:
    """Select the token with this secret; reading it does not use it up."""
    return select(AccountToken).where(
        AccountToken.purpose == purpose,
        AccountToken.secret_hash == hash_secret(secret),
        AccountToken.expires_at > clock.now(),
    )


def consume(purpose: Purpose, secret: str) -> AccountToken:
    """Use up the link. Of concurrent requests one succeeds, the others get `NotFound`."""
    row = db.session.execute(
        delete(AccountToken)
        .where(
            AccountToken.purpose == purpose,
            AccountToken.secret_hash == hash_secret(secret),
            AccountToken.expires_at > clock.now(),
        )
        .returning(
            AccountToken.user_id,
            AccountToken.email,
            AccountToken.role_id,
            AccountToken.inviter_id,
            AccountToken.inviter,
        ),
        execution_options={"synchronize_session": False},
    ).first()
    if row is None:
        raise NotFound(INVALID)
    return AccountToken(
        purpose=purpose,
        user_id=row.user_id,
        email=row.email,
        role_id=row.role_id,
        inviter_id=row.inviter_id,
        inviter=row.inviter,
    )


def revoke(user: User, *purposes: Purpose) -> None:
    """Revoke a user's links with these purposes, or all links."""
    statement = delete(AccountToken).where(AccountToken.user_id == user.id)
    if purposes:
        statement = statement.where(AccountToken.purpose.in_(purposes))
    db.session.execute(statement, execution_options={"synchronize_session": False})


def revoke_email_changes(user: User) -> None:
    """Revoke links that change the user's email address: somebody with a stolen password may have requested one."""
    statement = delete(AccountToken).where(
        AccountToken.user_id == user.id,
        AccountToken.purpose == Purpose.CONFIRM,
        AccountToken.email != (user.email or ""),
    )
    db.session.execute(statement, execution_options={"synchronize_session": False})


def revoke_invitations(email: str) -> int:
    """Revoke the invitations to an email address; return the number of links."""
    statement = (
        delete(AccountToken)
        .where(AccountToken.purpose == Purpose.INVITE, AccountToken.email == email)
        .returning(AccountToken.id)
    )
    return len(db.session.scalars(statement, execution_options={"synchronize_session": False}).all())


def delete_expired(*, before: datetime) -> None:
    """Delete expired links."""
    db.session.execute(delete(AccountToken).where(AccountToken.expires_at < before))


ENDPOINTS = {
    Purpose.CONFIRM: "recovery.confirm",
    Purpose.RESET: "recovery.reset",
    Purpose.INVITE: "invitations.accept",
    Purpose.UNDO: "account_deletion.undo",
}


def url_of(purpose: Purpose, secret: str) -> str:
    """Return the absolute URL of a link, for an email, a terminal or a page."""
    return absolute_url(ENDPOINTS[purpose], token=secret)
