"""Password hashing: Argon2id (RFC 9106) with the parameters of the settings.

Hashing takes tens of milliseconds on purpose. Callers hash before they begin a transaction, so that nobody waits for
their write lock meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from masthead.errors import Busy, Invalid
from masthead.fair_semaphore import FairSemaphore
from masthead.login import password_strength
from masthead.web.middleware import load_shedding

SHORTEST_CHARACTERS = 8
#: Longer than any passphrase; hashing a megabyte would only cost time.
LONGEST_BYTES = 1_024
#: How many may wait while others' passwords are hashed, in the order in which they came, and for how long. A hash takes
#: about 20 milliseconds.
WAITING = 64
LONGEST_WAIT_SECONDS = 10
BUSY = "Many people are signing in at this moment. Wait a few seconds, and try again."


def check(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise `Invalid` for a password that is too short, too long or too weak; ``about`` holds the user's names and address."""
    if len(_in_one_spelling(password)) < SHORTEST_CHARACTERS:
        raise Invalid(f"Choose a password with at least {SHORTEST_CHARACTERS} characters.", field="password")
    if len(password.encode("utf-8", "replace")) > LONGEST_BYTES:
        raise Invalid(f"Choose a password of at most {LONGEST_BYTES} bytes.", field="password")
    weakness = password_strength.weakness(_in_one_spelling(password), about=about)
    if weakness:
        raise Invalid(weakness, field="password")


def hash_password(password: str, *, about: tuple[str, ...] = ()) -> str:
    """Check and hash a new password; raises `Invalid`."""
    check(password, about=about)
    with _turn():
        return _hasher().hash(_in_one_spelling(password))


def rehash(password: str) -> str:
    """Hash a verified password with today's parameters, without checking today's rules."""
    with _turn():
        return _hasher().hash(_in_one_spelling(password))


def _in_one_spelling(password: str) -> str:
    """Normalize the password: keyboards encode the same letters differently (SP 800-63B, 5.1.1.2)."""
    return normalize("NFKC", password)


def _spellings(password: str) -> list[str]:
    """Return the encodings in which a password may be stored: normalized, or as typed before normalization was introduced."""
    forms = (_in_one_spelling(password), password, normalize("NFC", password), normalize("NFD", password))
    return list(dict.fromkeys(forms))


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a free hashing slot; raises `Busy` if too many requests wait already.

    Whoever waits holds a thread of the server, but not its place among the requests that are worked on: many sign-ins at
    once would stop every page.
    """
    work = _work(current_app.config["HASHES_AT_ONCE"])
    if not _has_turn(work):
        raise Busy(BUSY)
    try:
        yield
    finally:
        work.release()


def _has_turn(work: FairSemaphore) -> bool:
    if work.acquire(waiting=0, seconds=0):
        return True
    with load_shedding.place_left():
        return work.acquire(waiting=WAITING, seconds=LONGEST_WAIT_SECONDS)


@cache
def _work(places: int) -> FairSemaphore:
    """Return the semaphore of the hashing slots."""
    return FairSemaphore(places)


def is_correct(password: str, password_hash: str | None) -> bool:
    """Return True if the password matches the hash. Without a hash, a dummy hash is checked for the same time.

    A missing account must not answer faster than an existing one.
    """
    if len(password.encode("utf-8", "replace")) > LONGEST_BYTES:
        return False
    stored = password_hash or _decoy(_parameters())
    with _turn():
        is_right = any(_fits(stored, spelling) for spelling in _spellings(password))
    return is_right and password_hash is not None


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str, password: str) -> bool:
    """Return True if the hash was made with other parameters than today's, or from another encoding of the password."""
    if _hasher().check_needs_rehash(password_hash):
        return True
    # Most passwords have one encoding, and cost nothing here.
    if len(_spellings(password)) == 1:
        return False
    with _turn():
        return not _fits(password_hash, _in_one_spelling(password))


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
