"""A first-in first-out queue of the writers of one SQLite file, within and between processes.

SQLite lets one write at a time, and its busy handler makes the others sleep with growing intervals: newcomers
overtake, and under load some wait for seconds (https://www.sqlite.org/c3ref/busy_handler.html). So each writer queues
before BEGIN IMMEDIATE. Within a process threads form a line; its head draws a ticket from a file beside the database.
A ticket is a lock on one byte (POSIX record locks), and its holder waits until no lower byte is locked. The kernel
releases the locks of a process that ends, however it ends.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy.exc import TimeoutError as DatabaseTimeout

from masthead.fair_semaphore import FairSemaphore

#: Seconds that a request waits for its turn; seconds for a command or a job.
REQUEST_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 60.0
#: Maximum number of waiting threads of one process. A server has fewer: see `masthead.web.middleware.load_shedding`.
WAITING: Final = 1_000
#: Suffix of the ticket file, after the name of the database.
SUFFIX: Final = "-queue"
#: Polling interval of the head of the line, in seconds; each poll costs microseconds.
POLL_SECONDS: Final = 0.001
#: The next ticket number is stored in the first bytes; the first byte is locked to read and increment it.
NUMBER_BYTES: Final = 8
FIRST_TICKET: Final = 64
#: Lock offsets have 63 bits.
TICKETS: Final = 1 << 62


class WriteTimeout(DatabaseTimeout):
    """Other writers held the lock for longer than this one may wait."""

    def __init__(self) -> None:
        super().__init__("The turn to write into the database did not come in time.")


class WriteQueue:
    """The queue of this process for one database."""

    def __init__(self, database: str) -> None:
        self._database = Path(database)
        self._turns = FairSemaphore(1)
        self._ticket: int | None = None

    def enter(self, seconds: float) -> None:
        """Wait for the turn; raises `WriteTimeout` after ``seconds``."""
        deadline = time.monotonic() + seconds
        if not self._turns.acquire(waiting=WAITING, seconds=seconds):
            raise WriteTimeout
        try:
            self._ticket = self._taken_ticket(deadline)
        except BaseException:
            self._turns.release()
            raise

    def leave(self) -> None:
        """Release the turn."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            # Closing the file releases all locks of this process on it.
            os.close(ticket)
        self._turns.release()

    def _taken_ticket(self, deadline: float) -> int | None:
        """Return the open ticket file with our byte locked and none before it.

        None if the file cannot be written: then SQLite alone arbitrates, and reports the problem of the disk.
        """
        try:
            descriptor = self._open()
        except OSError:
            return None
        try:
            _wait_for_turn(descriptor, deadline)
        except OSError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _open(self) -> int:
        path = f"{self._database}{SUFFIX}"
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            # The file gets the owner of the database, also when root runs a command.
            owner = self._database.stat()
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_CREAT, owner.st_mode & 0o666)
            if os.geteuid() == 0:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            return descriptor


def _wait_for_turn(descriptor: int, deadline: float) -> None:
    """Draw the next ticket, and wait until every earlier one is released."""
    _poll(lambda: fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1), deadline)
    number = int.from_bytes(os.pread(descriptor, NUMBER_BYTES, 0)) % TICKETS
    _poll(lambda: fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, FIRST_TICKET + number), deadline)
    os.pwrite(descriptor, (number + 1).to_bytes(NUMBER_BYTES), 0)
    fcntl.lockf(descriptor, fcntl.LOCK_UN, 1)
    if number:
        # Waiters share these locks; no ticket below is drawn any more.
        _poll(
            lambda: fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, number, FIRST_TICKET),
            deadline,
        )
        fcntl.lockf(descriptor, fcntl.LOCK_UN, number, FIRST_TICKET)


def _poll(lock: Callable[[], object], deadline: float) -> None:
    """Poll for a lock until the deadline; a blocking call has no time-out."""
    while True:
        try:
            lock()
        except (BlockingIOError, PermissionError):
            # POSIX allows EAGAIN and EACCES for a lock that another process holds.
            if time.monotonic() >= deadline:
                raise WriteTimeout from None
            time.sleep(POLL_SECONDS)
        else:
            return


class QueuedConnection(sqlite3.Connection):
    """A connection that releases its turn when its transaction has ended."""

    _queue: WriteQueue | None = None

    def take_turn(self, database: str, seconds: float) -> None:
        """Wait for this connection's turn to write; raises `WriteTimeout`."""
        queue = queue_of(database)
        queue.enter(seconds)
        self._queue = queue

    def end_turn(self) -> None:
        """Release the turn, if there is one and the transaction has ended."""
        queue = self._queue
        if queue is not None and not self._is_in_transaction():
            self._queue = None
            queue.leave()

    def _is_in_transaction(self) -> bool:
        try:
            return self.in_transaction
        except sqlite3.ProgrammingError:
            # The connection is closed.
            return False

    def commit(self) -> None:
        """Commit, and release the turn."""
        try:
            super().commit()
        finally:
            self.end_turn()

    def rollback(self) -> None:
        """Roll back, and release the turn."""
        try:
            super().rollback()
        finally:
            self.end_turn()

    def close(self) -> None:
        """Close, and release the turn."""
        super().close()
        self.end_turn()

    def __del__(self) -> None:
        """Release the turn of a connection that nobody has closed, when the garbage collector finds it.

        A connection holds itself by its cache of statements, so this may come much later than its last use.
        """
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.leave()


_queues: dict[str, WriteQueue] = {}


def queue_of(database: str) -> WriteQueue:
    """Return this process's queue for a file, by any of its paths."""
    known = _queues.get(database)
    if known is None:
        path = os.path.realpath(database)
        # `setdefault` is atomic, so two threads get the same queue.
        known = _queues[database] = _queues.setdefault(path, WriteQueue(path))
    return known


# After a fork, neither the queue of the parent's threads nor its locks belong to the child.
os.register_at_fork(after_in_child=_queues.clear)
