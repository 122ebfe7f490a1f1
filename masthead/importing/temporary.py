"""Tables in a temporary SQLite file, for all of an import whose size grows with the number of its texts.

A site may have a hundred thousand texts, and memory shall not grow with them.
"""

import json
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, Final

_SETTINGS: Final = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000; PRAGMA temp_store = FILE;"


class TemporaryDatabase:
    """A temporary SQLite file. It travels to worker processes by its path, with all that was written until then."""

    def __init__(self, schema: str) -> None:
        folder = tempfile.mkdtemp(prefix="masthead-import-")
        self._path = str(Path(folder) / "index.sqlite")
        self._database: sqlite3.Connection | None = _connection(self._path)
        weakref.finalize(self, _discard, self._database, folder)
        self._database.executescript(_SETTINGS + schema)

    def __getstate__(self) -> dict[str, Any]:
        if self._database is not None and self._database.in_transaction:
            self._database.execute("COMMIT")
        return {"_path": self._path, "_database": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._path, self._database = state["_path"], state["_database"]

    def execute(self, statement: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Execute a statement."""
        if self._database is None:
            self._database = _connection(self._path)
            weakref.finalize(self, self._database.close)
        return self._database.execute(statement, tuple(map(_storable, values)))

    def one(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; None if there is none."""
        row = self.execute(statement, values).fetchone()
        return text_of(row[0]) if row else None


class TemporaryMapping(MutableMapping[str, Any]):
    """A mapping from texts to values of JSON in a temporary file, in the order of insertion."""

    def __init__(self) -> None:
        self._database = TemporaryDatabase(
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, value TEXT NOT NULL);"
        )

    def __getitem__(self, key: str) -> Any:
        value = self._database.one("SELECT value FROM entry WHERE key = ?", key)
        if value is None:
            raise KeyError(key)
        return json.loads(value)

    def __contains__(self, key: object) -> bool:
        return self._database.one("SELECT 1 FROM entry WHERE key = ?", key) is not None

    def __setitem__(self, key: str, value: Any) -> None:
        self._database.execute(
            "INSERT INTO entry (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value, ensure_ascii=False)),
        )

    def __delitem__(self, key: str) -> None:
        if not self._database.execute("DELETE FROM entry WHERE key = ?", (key,)).rowcount:
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (text_of(key) for (key,) in self._database.execute("SELECT key FROM entry ORDER BY id"))

    def __len__(self) -> int:
        return int(self._database.one("SELECT count(*) FROM entry"))


def _connection(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, check_same_thread=False)


def _storable(value: Any) -> Any:
    """The value; the name of a file that is no UTF-8 as bytes."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def text_of(value: Any) -> Any:
    """The value as it was before it was stored."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _discard(database: sqlite3.Connection, folder: str) -> None:
    database.close()
    shutil.rmtree(folder, ignore_errors=True)
