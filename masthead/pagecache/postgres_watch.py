"""Learning of changes on PostgreSQL: a thread that listens for notifications, and looks for itself every second.

Notifications arrive in the order of the commits, a moment after them (https://www.postgresql.org/docs/current/sql-notify.html).
Should one be lost, the look finds its row: by transaction, not by id, since ids do not commit in their order. As long as nobody
listens, nothing is answered from memory.
"""

import threading
import time
from collections.abc import Iterable
from functools import partial
from typing import Final

import psycopg
import structlog

from masthead.db import postgres_listener
from masthead.pagecache.invalidation import CHANNEL
from masthead.pagecache.store import PageStore

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 1.0
#: How long after the last look our knowledge is believed: a connection can die without a word.
BELIEVED_SECONDS: Final = 3.0
#: Marks of changes that were heard of in one way and will be in the other.
REMEMBERED_MARKS: Final = 10_000
LAST_ROW: Final = "SELECT id, mark FROM change ORDER BY id DESC LIMIT 1"
XMIN: Final = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
NEW_ROWS: Final = "SELECT mark, topics FROM change WHERE xid >= %s ORDER BY id"
IS_THERE: Final = "SELECT 1 FROM change WHERE id = %s AND mark = %s"


class PostgresWatch:
    """Keeps the store of a process in step with the database."""

    def __init__(self, address: str, store: PageStore) -> None:
        self.address = address
        self._store = store
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._marks: dict[str, None] = {}
        self._believed_until = 0.0
        #: The last row of the log at the last look.
        self._last: tuple[object, ...] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def catch_up(self) -> bool:
        """Whether this process hears of changes at present; the first call begins to listen."""
        if self._thread is None:
            self._start()
        return time.monotonic() < self._believed_until

    def heard(self, mark: str, topics: Iterable[str]) -> None:
        """Drop what a change concerns, once, however often it is told."""
        with self._lock:
            if mark in self._marks:
                return
            self._marks[mark] = None
            if len(self._marks) > REMEMBERED_MARKS:
                del self._marks[next(iter(self._marks))]
            self._store.drop(frozenset(topics))

    def has_heard(self, mark: str) -> bool:
        """Whether this process knows of the change with this mark."""
        return mark in self._marks

    def forget_log(self) -> None:
        """Expect another log at the next look: whoever replaced it has emptied the memory as well."""
        self._last = None

    def forget(self) -> None:
        """Begin anew, in a forked child too, which has the parent's memory and not its thread."""
        self.close()
        self._begin()
        self._store.clear()

    def close(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._believed_until = 0.0

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._listen, args=(self._ended,), name="page changes", daemon=True
                )
                self._thread.start()

    def _listen(self, ended: threading.Event) -> None:
        def pause(error: psycopg.Error) -> None:
            self._believed_until = 0.0
            log.warning("page cache pauses: it hears of no changes", error=str(error).strip())

        follow = partial(self._follow, ended=ended)
        postgres_listener.stay_connected(self.address, follow, lost=pause, ended=ended)

    def _follow(self, connection: psycopg.Connection, ended: threading.Event) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        asked_at = time.monotonic()
        horizon = _number(connection.execute(XMIN).fetchone())
        self._last = connection.execute(LAST_ROW).fetchone()
        # What was kept while nobody listened may be out of date.
        self._store.clear()
        while not ended.is_set():
            self._believed_until = asked_at + BELIEVED_SECONDS
            for notice in connection.notifies(timeout=POLL_SECONDS):
                mark, _, topics = notice.payload.partition("\n")
                self.heard(mark, topics.split("\n"))
                if ended.is_set():
                    return
            asked_at = time.monotonic()
            next_horizon = _number(connection.execute(XMIN).fetchone())
            for mark, topics in connection.execute(NEW_ROWS, (horizon,)).fetchall():
                self.heard(mark, topics.split("\n"))
            horizon = next_horizon
            last = self._last
            if last is not None and connection.execute(IS_THERE, last).fetchone() is None:
                # Pruned beyond what we know, or a backup was restored.
                self._store.clear()
            self._last = connection.execute(LAST_ROW).fetchone()


def _number(row: tuple[int, ...] | None) -> int:
    if row is None:
        raise psycopg.DataError("The database did not say which transactions are visible.")
    return row[0]
