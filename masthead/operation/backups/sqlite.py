"""Backup of an SQLite database as one consistent file (https://www.sqlite.org/backup.html)."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from masthead.db import db
from masthead.errors import Conflict

NAME = "database/masthead.sqlite3"


def _place() -> Path:
    return Path(db.engine.url.database or "")


def save(into: Path) -> dict[str, list[str]]:
    """Copy the database consistently while others read and write it."""
    copy = into / NAME
    copy.parent.mkdir(parents=True)
    with closing(sqlite3.connect(_place())) as source, closing(sqlite3.connect(copy)) as target:
        # All pages in one step, which is one read transaction: in WAL mode it blocks nobody.
        source.backup(target, pages=-1)
        (verdict,) = target.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise Conflict(f"The database is damaged ({verdict}). Restore an older backup.")
        # A single file, without a journal.
        target.execute("PRAGMA journal_mode = DELETE")
    return {}


def load(folder: Path, _tables: dict[str, list[str]]) -> None:
    """Replace the empty database by the saved one."""
    place = _place()
    db.session.remove()
    db.engine.dispose()
    for ending in ("-wal", "-shm"):
        place.with_name(place.name + ending).unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / NAME, place)
