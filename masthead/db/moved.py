"""The mark beside an SQLite file whose content is being moved to another database, or has been.

Every process of the site looks for it before it writes. While the move runs, the mover holds a lock on the mark, so that
a mover that was killed closes nothing.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

#: Suffix of the mark, after the name of the database.
SUFFIX: Final = "-moved"
MOVING: Final = b"moving\n"
MOVED: Final = b"moved\n"
REASON: Final = "attempt to write a database that is moved to another one"


class DatabaseMoved(OperationalError):
    """The database can only be read, since its content is being moved, or has been."""

    def __init__(self) -> None:
        # As SQLite would say it of a file that is read-only.
        reason = sqlite3.OperationalError(REASON)
        reason.sqlite_errorcode = sqlite3.SQLITE_READONLY
        super().__init__("BEGIN IMMEDIATE", None, reason)


def check(database: str) -> None:
    """Raise `DatabaseMoved` if an SQLite file may not be written because it is moved."""
    try:
        mark = os.open(f"{database}{SUFFIX}", os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        if os.read(mark, len(MOVED)) == MOVED or _is_locked(mark):
            raise DatabaseMoved
    finally:
        os.close(mark)


def has_moved(database: str) -> bool:
    """Tell if the content of an SQLite file was moved to another database."""
    with suppress(FileNotFoundError):
        return Path(f"{database}{SUFFIX}").read_bytes() == MOVED
    return False


def reopen(database: str) -> None:
    """Let an SQLite file be written again."""
    Path(f"{database}{SUFFIX}").unlink(missing_ok=True)


@contextmanager
def moving(database: str) -> Iterator[Path]:
    """Close an SQLite file for writers while the block runs, and for good if the block makes `MOVED` its mark."""
    path = Path(f"{database}{SUFFIX}")
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate()
        file.write(MOVING)
        try:
            yield path
        finally:
            if not has_moved(database):
                path.unlink(missing_ok=True)


def close_for_good(path: Path) -> None:
    """Make the mark one that outlives this process."""
    with path.open("r+b") as file:
        file.write(MOVED)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _is_locked(mark: int) -> bool:
    try:
        fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
