"""Waking the runner when somebody commits a job, so that it need not wait until it looks again.

On PostgreSQL the row's own statement notifies, and the server tells of it when the transaction commits. A notice says
only "look": one that is lost costs the time until the next look, and no job.
"""

import queue
import threading
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import Engine

if TYPE_CHECKING:
    import psycopg

log = structlog.get_logger(__name__)

CHANNEL: Final = "masthead_jobs"
#: How long the listener takes to notice that it should end.
LOOK_SECONDS: Final = 1.0


class Alarm:
    """Somebody sleeps, and others wake him: threads, and signal handlers too.

    Not an `Event`: its lock makes a signal handler wait for ever that comes while the same thread goes to sleep. A
    `SimpleQueue` may be written to in the middle of its own reading (https://docs.python.org/3/library/queue.html).
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[None] = queue.SimpleQueue()

    def ring(self) -> None:
        """Wake whoever sleeps, or keep the next one from falling asleep."""
        self._calls.put(None)

    def sleep(self, seconds: float) -> None:
        """Until somebody rings; for so many seconds at most."""
        try:
            self._calls.get(timeout=seconds)
            while True:
                self._calls.get_nowait()
        except queue.Empty:
            return


class Listener:
    """Rings the alarm whenever a job is committed to a PostgreSQL, from a thread."""

    def __init__(self, engine: Engine, alarm: Alarm) -> None:
        self._alarm = alarm
        self._ended = threading.Event()
        #: Whether a notice would be heard at present.
        self.hears = False
        if engine.dialect.name == "postgresql":
            threading.Thread(target=self._listen, args=(engine,), name="new jobs", daemon=True).start()

    def end(self) -> None:
        """Listen no more."""
        self._ended.set()

    def _listen(self, engine: Engine) -> None:
        from masthead.db import postgres_listener

        address = postgres_listener.address_of(engine.url)
        postgres_listener.stay_connected(address, self._follow, lost=self._note_loss, ended=self._ended)

    def _follow(self, connection: "psycopg.Connection") -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self.hears = True
        # For what was committed before.
        self._alarm.ring()
        while not self._ended.is_set():
            for _notice in connection.notifies(timeout=LOOK_SECONDS):
                if self._ended.is_set():
                    return
                self._alarm.ring()

    def _note_loss(self, error: "psycopg.Error") -> None:
        if self.hears:
            log.warning("new jobs are looked for, as nobody tells of them", error=str(error).strip())
        self.hears = False
