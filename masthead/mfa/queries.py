"""Queries for the second factors of an account."""

from sqlalchemy import Select, func, select

from masthead.db import db
from masthead.mfa.models import Authenticator, Passkey, RecoveryCode


def authenticator_of(user_id: int) -> Authenticator | None:
    """Return the authenticator app of a user, or None."""
    return db.session.get(Authenticator, user_id)


def passkeys_of(user_id: int) -> Select[Passkey]:
    """Select the passkeys of a user, the oldest first."""
    return select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)


def recovery_codes_left(user_id: int) -> int:
    """Count the unused recovery codes of a user."""
    return (
        db.session.scalar(
            select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
        )
        or 0
    )
