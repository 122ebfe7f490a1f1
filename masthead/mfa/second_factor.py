"""Verification of a second factor: a code of an authenticator app, or a recovery code. Passkeys are in `masthead.mfa.webauthn`."""

from enum import StrEnum

from masthead.mfa import recovery_codes, totp
from masthead.mfa.totp import DIGITS
from masthead.people.models import User


class Factor(StrEnum):
    """What proved somebody's identity beside the password."""

    AUTHENTICATOR = "authenticator app"
    RECOVERY_CODE = "recovery code"
    PASSKEY = "passkey"


def verify(user: User, code: str) -> Factor | None:
    """Use up a code of somebody's app, or one of their recovery codes; None if it does not count (any more).

    The caller limits how often this may be tried.
    """
    typed = recovery_codes.normalize(code)
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        return Factor.AUTHENTICATOR if totp.use_code(user.id, typed) else None
    return Factor.RECOVERY_CODE if recovery_codes.use_code(user.id, typed) else None
