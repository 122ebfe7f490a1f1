"""Learning of changes on SQLite: one question before each answer, which costs microseconds.

``PRAGMA data_version`` (https://www.sqlite.org/pragma.html#pragma_data_version) changes whenever another connection has
committed. It says nothing of its own connection's commits and stands still in an open transaction, so each thread asks
on a connection of its own that never writes and never begins. Before that, a look at the WAL index: see `wal_index`.
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
#: From the last known row on. If that is not the first of them any more, the log was pruned or replaced.
NEW_ROWS: Final = "SELECT id, mark, topics FROM change WHERE id >= ? ORDER BY id"
UNKNOWN: Final = (-1, "")
LAST_ROW: Final = "SELECT id, mark FROM change ORDER BY id DESC LIMIT 1"


class Thread(threading.local):
    """The connection of a thread, and the version of the database up to which this thread knows the changes."""

    cursor: sqlite3.Cursor | None = None
    version = -1


class SQLiteWatch:
    """Keeps the store of a process in step with the file."""

    def __init__(self, path: str, store: PageStore) -> None:
        self._file = Path(path).absolute()
        self._store = store
        self._lock = threading.Lock()
        #: The last row of the log that this process knows; None if the log was empty, UNKNOWN if nobody has looked yet.
        self._last: tuple[int, str] | None = UNKNOWN
        self._thread = Thread()
        self._header: mmap.mmap | None = None
        #: Device and inode of the file at the first look.
        self._identity: tuple[int, int] | None = None
        self._seen: bytes | None = None

    def catch_up(self) -> bool:
        """Learn of every change that is committed by now; False if the database cannot say."""
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
                # Only now: if reading failed, the next answer must not believe that it knows.
                thread.version = version
            # The header from before this look: what was committed meanwhile shows at the next one.
            self._seen = seen
            if header is None:
                self._header = header_of(str(self._file))
        except sqlite3.Error:
            thread.version = -1
            return False
        return True

    def _is_in_place(self) -> bool:
        """Whether the file is the one that this process has opened. A moved one would look unchanged for ever."""
        try:
            found = self._file.stat()
        except OSError:
            return False
        identity = found.st_dev, found.st_ino
        if self._identity is None:
            self._identity = identity
        return identity == self._identity

    def heard(self, mark: str, topics: Iterable[str]) -> None:
        """Our own commits change the version too, so there is nothing to be told."""

    def forget(self) -> None:
        """Begin anew, in a forked child too: a connection must not be used in two processes."""
        self._thread = Thread()
        self._lock = threading.Lock()
        self._last = UNKNOWN
        self._header = self._seen = self._identity = None
        self._store.clear()

    def close(self) -> None:
        """Nothing runs by itself; the connections end with their threads."""

    def _open(self) -> sqlite3.Cursor:
        # A file that is not there must not be made.
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
