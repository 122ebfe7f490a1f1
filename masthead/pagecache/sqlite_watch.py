"""Change detection on SQLite: one check before each response, which costs microseconds.

``PRAGMA data_version`` (https://www.sqlite.org/pragma.html#pragma_data_version) changes whenever another connection
has committed. It ignores its own connection's commits and is constant within a transaction, so each thread asks on a
connection of its own that never writes and never begins. The WAL index is checked before that: see `wal_index`.
"""

import mmap
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from masthead.pagecache.store import PageStore
from masthead.pagecache.wal_index import HEADER_BYTES, header_of

WAIT_SECONDS: Final = 5.0
VERSION: Final = "PRAGMA data_version"
#: Reads the log from the last known row. If that row is missing, the log was pruned or replaced.
NEW_ROWS: Final = "SELECT id, mark, topics FROM change WHERE id >= ? ORDER BY id"
UNKNOWN: Final = (-1, "")
LAST_ROW: Final = "SELECT id, mark FROM change ORDER BY id DESC LIMIT 1"


class ThreadState(threading.local):
    """A thread's connection, and the data version up to which the thread knows the changes."""

    cursor: sqlite3.Cursor | None = None
    version = -1


class SQLiteWatch:
    """Keeps the store of a process in step with the file."""

    def __init__(self, path: str, store: PageStore) -> None:
        self._file = Path(path).absolute()
        self._store = store
        self._lock = threading.Lock()
        #: The last log row that this process knows; None if the log was empty, UNKNOWN before the first look.
        self._last: tuple[int, str] | None = UNKNOWN
        self._thread = ThreadState()
        self._header: mmap.mmap | None = None
        #: Device and inode of the file at the first look.
        self._identity: tuple[int, int] | None = None
        self._seen: bytes | None = None

    def catch_up(self) -> bool:
        """Apply every change that is committed by now; returns False if the database cannot be read."""
        if not self._is_in_place():
            return False
        header = self._header
        seen = None if header is None else header[:HEADER_BYTES]
        if seen is not None and seen == self._seen:
            return True
        thread = self._thread
        try:
            cursor = thread.cursor or self._open()
            version = cursor.execute(VERSION).fetchone()[0]
            if version != thread.version:
                self._read(cursor)
                # Stored last: after a failed read, the next response must read again.
                thread.version = version
            # The header from before this read, so that commits in the meantime show at the next check.
            self._seen = seen
            if header is None:
                self._header = header_of(str(self._file))
        except sqlite3.Error:
            thread.version = -1
            return False
        return True

    def _is_in_place(self) -> bool:
        """Tell if the file is still the one that was opened. A moved file would look unchanged for ever."""
        try:
            found = self._file.stat()
        except OSError:
            return False
        identity = found.st_dev, found.st_ino
        if self._identity is None:
            self._identity = identity
        return identity == self._identity

    def heard(self, mark: str, topics: Iterable[str]) -> None:
        """Do nothing: our own commits change the data version, too."""

    def forget(self) -> None:
        """Reset, also in a forked child: a connection must not be used in two processes."""
        self._thread = ThreadState()
        self._lock = threading.Lock()
        self._last = UNKNOWN
        self._header = self._seen = self._identity = None
        self._store.clear()

    def close(self) -> None:
        """Do nothing: there is no thread, and the connections end with theirs."""

    def _open(self) -> sqlite3.Cursor:
        # Read-only, so that a missing file is not created.
        address = f"{self._file.as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        self._thread.cursor = connection.cursor()
        self._thread.version = -1
        return self._thread.cursor

    def _read(self, cursor: sqlite3.Cursor) -> None:
        with self._lock:
            last = self._last
            rows = cursor.execute(NEW_ROWS, (last[0],)).fetchall() if last is not None else []
            if last is None or not rows or (rows[0][0], rows[0][1]) != last:
                self._last = cursor.execute(LAST_ROW).fetchone()
                if last is not None or self._last is not None:
                    self._store.clear()
                return
            for row_id, mark, topics in rows[1:]:
                self._store.drop(topics.split("\n"))
                self._last = (row_id, mark)
