"""Queries for the second factors of an account."""

from sqlalchemy import Select, func, select

from masthead.db import db
from masthead.mfa.models import Authenticator, Passkey, RecoveryCode


def authenticator_of(user_id: int) -> Authenticator | None:
    """The app that shows somebody's codes."""
    return db.session.get(Authenticator, user_id)


def passkeys_of(user_id: int) -> Select[Passkey]:
    """Somebody's passkeys, in the order in which they were added."""
    return select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)


def recovery_codes_left(user_id: int) -> int:
    """How many recovery codes somebody has not used yet."""
    return (
        db.session.scalar(
            select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
        )
        or 0
    )
