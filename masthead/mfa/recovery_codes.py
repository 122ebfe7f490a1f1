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
#: 16 of 31 letters are 79 bits, which nobody guesses, not even with a copy of the hashes.
CHARACTERS = 16
GROUP_CHARACTERS = 4
#: Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def normalize(code: str) -> str:
    """The code as it is compared: people type the spaces and hyphens that they see, or leave them out."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())


def use_code(user_id: int, code: str) -> bool:
    """Use up a recovery code in its normal form; False if it does not count."""
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
    """Ten codes to be shown once, which void those before."""
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
    """Ten codes for somebody whose first factor this is; none where there are codes already."""
    return [] if mfa_queries.recovery_codes_left(user.id) else generate(user)
