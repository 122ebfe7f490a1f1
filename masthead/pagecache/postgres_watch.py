"""Change notifications on PostgreSQL: a thread that listens, and polls the log every second.

Notifications arrive in the order of the commits, a moment after them
(https://www.postgresql.org/docs/current/sql-notify.html). A lost one is made up for by the poll: by transaction, not
by id, since ids do not commit in their order. While nobody listens, nothing is answered from memory.
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
#: Seconds after the last poll for which the state is trusted: a connection can die silently.
BELIEVED_SECONDS: Final = 3.0
#: Number of remembered changes that arrived by one way and will arrive by the other.
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
        #: The last row of the log at the last poll.
        self._last: tuple[object, ...] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def catch_up(self) -> bool:
        """Tell if this process receives changes; the first call starts the thread."""
        if self._thread is None:
            self._start()
        return time.monotonic() < self._believed_until

    def heard(self, mark: str, topics: Iterable[str]) -> None:
        """Invalidate the topics of a change, once, however often it is reported."""
        with self._lock:
            if mark in self._marks:
                return
            self._marks[mark] = None
            if len(self._marks) > REMEMBERED_MARKS:
                del self._marks[next(iter(self._marks))]
            self._store.drop(frozenset(topics))

    def has_heard(self, mark: str) -> bool:
        """Tell if the change with this mark was received."""
        return mark in self._marks

    def forget_log(self) -> None:
        """Expect a different log at the next poll; whoever replaced it has cleared the store as well."""
        self._last = None

    def forget(self) -> None:
        """Reset, also in a forked child, which has the parent's memory but not its thread."""
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
        # Pages stored while nobody listened may be out of date.
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
                # The log was pruned beyond our position, or a backup was restored.
                self._store.clear()
            self._last = connection.execute(LAST_ROW).fetchone()


def _number(row: tuple[int, ...] | None) -> int:
    if row is None:
        raise psycopg.DataError("The database did not say which transactions are visible.")
    return row[0]
