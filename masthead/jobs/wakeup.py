"""Wakes the runner when a job is committed, so that it need not wait for its next poll.

On PostgreSQL the INSERT of the job notifies, and the server delivers that at the commit. A notification carries no
data: a lost one costs the time until the next poll, and no job.
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
#: Seconds within which the listener notices its end.
LOOK_SECONDS: Final = 1.0


class WakeEvent:
    """Wakes a sleeping thread, from threads and from signal handlers.

    Not an `Event`: its lock deadlocks a signal handler that interrupts the same thread while it goes to sleep. A
    `SimpleQueue` is reentrant (https://docs.python.org/3/library/queue.html).
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[None] = queue.SimpleQueue()

    def ring(self) -> None:
        """Wake the sleeper, or prevent the next sleep."""
        self._calls.put(None)

    def sleep(self, seconds: float) -> None:
        """Sleep until the alarm rings, at most for ``seconds``."""
        try:
            self._calls.get(timeout=seconds)
            while True:
                self._calls.get_nowait()
        except queue.Empty:
            return


class Listener:
    """A thread that rings the alarm when a job is committed to PostgreSQL."""

    def __init__(self, engine: Engine, alarm: WakeEvent) -> None:
        self._alarm = alarm
        self._ended = threading.Event()
        #: True while notifications are received.
        self.hears = False
        if engine.dialect.name == "postgresql":
            threading.Thread(target=self._listen, args=(engine,), name="new jobs", daemon=True).start()

    def end(self) -> None:
        """Stop listening."""
        self._ended.set()

    def _listen(self, engine: Engine) -> None:
        from masthead.db import postgres_listener

        address = postgres_listener.address_of(engine.url)
        postgres_listener.stay_connected(address, self._follow, lost=self._note_loss, ended=self._ended)

    def _follow(self, connection: "psycopg.Connection") -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self.hears = True
        # For jobs committed before the connection.
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
