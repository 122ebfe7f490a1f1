"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes. Passkeys are in `passkeys`.

A code counts once. The app's code moves ``last_step`` on, a recovery code loses its row; both in one statement, so
that of several who use it at the same moment one succeeds. Nothing here commits.
"""

import hashlib
import secrets
from enum import StrEnum
from urllib.parse import urlsplit

import pyotp
from flask import current_app
from sqlalchemy import delete, update

from masthead import clock
from masthead.db import db
from masthead.mfa import encryption
from masthead.mfa import queries as mfa_queries
from masthead.mfa.models import Authenticator, RecoveryCode
from masthead.people.models import User

STEP_SECONDS = 30
DIGITS = 6
#: The code of the step before and of the next one count as well: clocks of telephones are seldom exact.
STEPS_APART = (0, -1, 1)
RECOVERY_CODES = 10
#: 16 of 31 letters are 79 bits, which nobody guesses, not even with a copy of the hashes.
RECOVERY_CHARACTERS = 16
RECOVERY_GROUP = 4
#: Without letters and digits that look alike.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Factor(StrEnum):
    """What proved somebody's identity beside the password."""

    AUTHENTICATOR = "authenticator app"
    RECOVERY_CODE = "recovery code"
    PASSKEY = "passkey"


def verify(user: User, code: str) -> Factor | None:
    """Use up a code of somebody's app, or one of their recovery codes; None if it does not count (any more).

    The caller limits how often this may be tried.
    """
    typed = _plain(code)
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        return Factor.AUTHENTICATOR if _use_app_code(user.id, typed) else None
    return Factor.RECOVERY_CODE if _use_recovery_code(user.id, typed) else None


def _plain(code: str) -> str:
    """The code as it is compared: people type the spaces and hyphens that they see, or leave them out."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())


def _use_app_code(user_id: int, code: str) -> bool:
    app = db.session.get(Authenticator, user_id)
    secret = encryption.opened(app.sealed_secret) if app is not None else None
    step = matching_step(secret, code) if secret is not None else None
    if step is None:
        return False
    used = db.session.scalar(
        update(Authenticator)
        .where(Authenticator.user_id == user_id, Authenticator.last_step < step)
        .values(last_step=step)
        .returning(Authenticator.user_id),
        execution_options={"synchronize_session": False},
    )
    return used is not None


def matching_step(secret: str, code: str) -> int | None:
    """The step of time, of those that count now, whose code this is."""
    present = int(clock.now().timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret, digits=DIGITS)
    found = [
        present + apart
        for apart in STEPS_APART
        if secrets.compare_digest(codes.at(present + apart).encode(), code.encode())
    ]
    return found[0] if found else None


def _use_recovery_code(user_id: int, code: str) -> bool:
    statement = delete(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _code_hash(user_id, code)
    )
    used = db.session.scalar(
        statement.returning(RecoveryCode.id), execution_options={"synchronize_session": False}
    )
    return used is not None


def _code_hash(user_id: int, code: str) -> str:
    return hashlib.sha256(f"{user_id}:{code}".encode("utf-8", "replace")).hexdigest()


def new_secret() -> str:
    """A secret for an app, in base32; 160 bits, as RFC 4226 advises."""
    return pyotp.random_base32()


def app_address(user: User, secret: str, *, publication: str) -> str:
    """What the QR code says to the app (otpauth://…): whose codes these are, and for which site."""
    # A colon separates the site from the account, whatever the title holds.
    site = " ".join(publication.replace(":", " ").split()) or urlsplit(current_app.config["SITE_URL"]).netloc
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=user.email or user.username, issuer_name=site[:60]
    )


def keep_app(user: User, secret: str, *, step: int) -> None:
    """Store the app, or another one in its place. ``step`` is that of the code which proved that it works."""
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    db.session.add(
        Authenticator(
            user_id=user.id, sealed_secret=encryption.seal(secret), last_step=step, created_at=clock.now()
        )
    )
    db.session.flush()


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes to be shown once, which void those before."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=_code_hash(user.id, _plain(code))) for code in codes
    )
    db.session.flush()
    return codes


def _recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_CHARACTERS))
    groups = range(0, RECOVERY_CHARACTERS, RECOVERY_GROUP)
    return "-".join(letters[start : start + RECOVERY_GROUP] for start in groups)


def first_recovery_codes(user: User) -> list[str]:
    """Ten codes for somebody whose first factor this is; none where there are codes already."""
    return [] if mfa_queries.recovery_codes_left(user.id) else new_recovery_codes(user)
