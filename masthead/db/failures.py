"""Classifies database failures: full, read-only, busy or away."""

import sqlite3
from enum import Enum, auto
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, NotSupportedError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout

from masthead.db.write_queue import WriteTimeout

#: All error types that can be such a failure; `failure_of` decides.
KINDS: Final = (OperationalError, InterfaceError, InternalError, NotSupportedError, DatabaseTimeout)
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
DISK_FULL: Final = "53100"
READ_ONLY_TRANSACTION: Final = "25006"
#: A standby answers BEGIN READ WRITE with this message, which has no error code of its own.
STANDBY: Final = "recovery"
FEATURE_NOT_SUPPORTED: Final = "0A000"
SQLITE: Final = {
    sqlite3.SQLITE_FULL: "FULL",
    sqlite3.SQLITE_READONLY: "READ_ONLY",
    sqlite3.SQLITE_BUSY: "BUSY",
    sqlite3.SQLITE_LOCKED: "BUSY",
}


class Failure(Enum):
    """The kind of a database failure."""

    #: No space left to write.
    FULL = auto()
    #: Read-only: its disk was mounted read-only, or another server has taken over.
    READ_ONLY = auto()
    #: Other writers hold the lock for too long.
    BUSY = auto()
    #: No answer.
    AWAY = auto()


def failure_of(error: BaseException) -> Failure | None:
    """Classify an error; None if the statement itself was wrong."""
    if isinstance(error, WriteTimeout):
        return Failure.BUSY
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None)
    if state == DISK_FULL:
        return Failure.FULL
    if state == READ_ONLY_TRANSACTION or (state == FEATURE_NOT_SUPPORTED and STANDBY in str(original)):
        return Failure.READ_ONLY
    name = SQLITE.get(getattr(original, "sqlite_errorcode", 0) & 0xFF)
    if name is not None:
        return Failure[name]
    is_away = isinstance(error, OperationalError | InterfaceError | DatabaseTimeout)
    return Failure.AWAY if is_away else None


def reason_of(error: BaseException) -> str:
    """Return the first line of the database's message, without the statement and its values."""
    original = error.orig if isinstance(error, DBAPIError) else None
    lines = str(original or error).strip().splitlines()
    return f"{type(original or error).__name__}: {lines[0] if lines else ''}"[:300]
