"""Verification of a second factor: a code of an authenticator app, or a recovery code. Passkeys are in `masthead.mfa.webauthn`."""

from enum import StrEnum

from masthead.mfa import recovery_codes, totp
from masthead.mfa.totp import DIGITS
from masthead.people.models import User


class Factor(StrEnum):
    """The kind of second factor that was verified."""

    AUTHENTICATOR = "authenticator app"
    RECOVERY_CODE = "recovery code"
    PASSKEY = "passkey"


def verify(user: User, code: str) -> Factor | None:
    """Verify and use up a code of the user's app, or a recovery code; return None if it is invalid or used.

    The caller limits the number of attempts.
    """
    typed = recovery_codes.normalize(code)
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        return Factor.AUTHENTICATOR if totp.use_code(user.id, typed) else None
    return Factor.RECOVERY_CODE if recovery_codes.use_code(user.id, typed) else None
