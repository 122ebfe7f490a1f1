"""A temporary database of an export's items, so that any of them can be read again without keeping it in memory.

The files of an export can be larger than memory, packed, and split over several files. The first pass writes each item
here once; workers read what they need.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

_SCHEMA: Final = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
CREATE TABLE item (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, type TEXT, post_id TEXT, parent TEXT, slug TEXT, place TEXT, data TEXT
);
CREATE INDEX item_post_id ON item (post_id);
CREATE TABLE comment (item_key TEXT, number INTEGER, data TEXT, PRIMARY KEY (item_key, number)) WITHOUT ROWID;
CREATE TABLE upload (path TEXT PRIMARY KEY, post_id TEXT, url TEXT) WITHOUT ROWID;
CREATE TABLE path (path TEXT PRIMARY KEY, post_id TEXT) WITHOUT ROWID;
"""


class Spool:
    """The temporary database. It travels to worker processes by the path of its file."""

    def __init__(self) -> None:
        # The folder is deleted with `close`; a worker's copy has none.
        self._folder: tempfile.TemporaryDirectory[str] | None = tempfile.TemporaryDirectory(
            prefix="masthead-import-", ignore_cleanup_errors=True
        )
        self.folder = Path(self._folder.name)
        self._database: sqlite3.Connection | None = None
        self._connection().executescript(_SCHEMA)

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "_folder": None, "_database": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.folder, self._folder, self._database = state["folder"], None, None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Delete the temporary database."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._folder is not None:
            self._folder.cleanup()

    def _connection(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect(
                self.folder / "items.sqlite", isolation_level=None, check_same_thread=False
            )
        return self._database

    def add(self, key: str, data: dict[str, Any], comments: Iterable[dict[str, Any]], place: str) -> None:
        """Add an item and its comments; one with the same key replaces it."""
        database = self._connection()
        database.execute(
            "INSERT OR REPLACE INTO item (key, type, post_id, parent, slug, place, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, data["type"], data["id"], data["parent"], data["slug"], place, _packed(data)),
        )
        database.execute("DELETE FROM comment WHERE item_key = ?", (key,))
        rows = ((key, number, _packed(comment)) for number, comment in enumerate(comments))
        database.executemany("INSERT INTO comment VALUES (?, ?, ?)", rows)

    def add_upload(self, path: str, post_id: str, url: str) -> None:
        """Add the file of an attachment, by its path below the folder of uploads; the first of a path counts."""
        self._connection().execute("INSERT OR IGNORE INTO upload VALUES (?, ?, ?)", (path, post_id, url))

    def open_for_writing(self) -> None:
        """Begin to add."""
        self._connection().execute("BEGIN")

    def publish(self) -> None:
        """Make everything that was added visible to workers."""
        self._connection().execute("COMMIT")

    def everything(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Key, place and data of all items, in the order of the files."""
        for key, place, data in self._connection().execute("SELECT key, place, data FROM item ORDER BY id"):
            yield key, place, json.loads(data)

    def item(self, key: str) -> dict[str, Any] | None:
        """The item with this key."""
        return self._one("SELECT data FROM item WHERE key = ?", key)

    def by_post_id(self, post_id: str) -> dict[str, Any] | None:
        """The item with this number in WordPress."""
        return self._one("SELECT data FROM item WHERE post_id = ? ORDER BY id LIMIT 1", post_id)

    def of_type(self, kind: str) -> Iterator[dict[str, Any]]:
        """The items of a type."""
        for (data,) in self._connection().execute(
            "SELECT data FROM item WHERE type = ? ORDER BY id", (kind,)
        ):
            yield json.loads(data)

    def children(self, post_id: str, kind: str) -> list[dict[str, Any]]:
        """The items of a type whose parent has this number."""
        rows = self._connection().execute(
            "SELECT data FROM item WHERE type = ? AND parent = ? ORDER BY id", (kind, post_id)
        )
        return [json.loads(data) for (data,) in rows]

    def comments(self, key: str) -> Iterator[dict[str, Any]]:
        """The comments of an item."""
        rows = self._connection().execute(
            "SELECT data FROM comment WHERE item_key = ? ORDER BY number", (key,)
        )
        return (json.loads(data) for (data,) in rows)

    def upload(self, path: str) -> tuple[str, str] | None:
        """Number and URL of the attachment whose file has this path."""
        row = self._connection().execute("SELECT post_id, url FROM upload WHERE path = ?", (path,)).fetchone()
        return (row[0], row[1]) if row else None

    def _one(self, statement: str, value: str) -> dict[str, Any] | None:
        row = self._connection().execute(statement, (value,)).fetchone()
        found: dict[str, Any] | None = json.loads(row[0]) if row else None
        return found


def _packed(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
