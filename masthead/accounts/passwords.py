"""Password hashes: Argon2id (RFC 9106) with the parameters of the settings.

Hashing takes tens of milliseconds on purpose. Callers do it before they touch the database, so that nobody waits for
their write lock meanwhile.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from masthead.errors import Invalid

SHORTEST_CHARACTERS = 8
#: Long enough for any passphrase; a megabyte would only cost us time.
LONGEST_BYTES = 1_024


def check(password: str) -> None:
    """Raise `Invalid` if the password may not be chosen."""
    if len(password) < SHORTEST_CHARACTERS:
        raise Invalid(f"Choose a password with at least {SHORTEST_CHARACTERS} characters.", field="password")
    if len(password.encode("utf-8", "replace")) > LONGEST_BYTES:
        raise Invalid(f"Choose a password of at most {LONGEST_BYTES} bytes.", field="password")


def hash_password(password: str) -> str:
    """The hash of a newly chosen password; raises `Invalid` for one that may not be chosen."""
    check(password)
    return _hasher().hash(password)


def is_correct(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash. Without a hash the same work is done for nothing.

    An account that does not exist must not answer faster than one that does.
    """
    if len(password.encode("utf-8", "replace")) > LONGEST_BYTES:
        return False
    try:
        _hasher().verify(password_hash or _decoy(_parameters()), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _hasher().check_needs_rehash(password_hash)


def _parameters() -> tuple[int, int, int]:
    settings = current_app.config
    return settings["ARGON2_MEMORY_KIB"], settings["ARGON2_PASSES"], settings["ARGON2_LANES"]


def _hasher() -> PasswordHasher:
    return _hasher_with(_parameters())


@cache
def _hasher_with(parameters: tuple[int, int, int]) -> PasswordHasher:
    memory_kib, passes, lanes = parameters
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)


@cache
def _decoy(parameters: tuple[int, int, int]) -> str:
    return _hasher_with(parameters).hash("nobody has this password")
