"""Recovery codes: each replaces the second factor once. Nothing here commits.

Using a code deletes its row, so that of several requests with the same code one succeeds.
"""

import hashlib
import secrets

from sqlalchemy import delete

from masthead.db import db
from masthead.mfa import queries as mfa_queries
from masthead.mfa.models import RecoveryCode
from masthead.people.models import User

NUMBER_OF_CODES = 10
#: 16 of 31 letters are 79 bits, too many to guess even with a copy of the hashes.
CHARACTERS = 16
GROUP_CHARACTERS = 4
#: Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def normalize(code: str) -> str:
    """Return a typed code without spaces and hyphens, in lower case."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())


def use_code(user_id: int, code: str) -> bool:
    """Use up a normalized recovery code; return False if it is invalid or used."""
    statement = delete(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _code_hash(user_id, code)
    )
    used = db.session.scalar(
        statement.returning(RecoveryCode.id), execution_options={"synchronize_session": False}
    )
    return used is not None


def _code_hash(user_id: int, code: str) -> str:
    return hashlib.sha256(f"{user_id}:{code}".encode("utf-8", "replace")).hexdigest()


def generate(user: User) -> list[str]:
    """Replace the recovery codes by ten new ones, to be shown once."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_generate_code() for _ in range(NUMBER_OF_CODES)]
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=_code_hash(user.id, normalize(code))) for code in codes
    )
    db.session.flush()
    return codes


def _generate_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
    groups = range(0, CHARACTERS, GROUP_CHARACTERS)
    return "-".join(letters[start : start + GROUP_CHARACTERS] for start in groups)


def generate_first(user: User) -> list[str]:
    """Create recovery codes for a user's first factor; none if the user has codes already."""
    return [] if mfa_queries.recovery_codes_left(user.id) else generate(user)
