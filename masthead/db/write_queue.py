"""Writers of one SQLite file take their turns in the order in which they came, in one process and between processes.

SQLite lets one write at a time, and its busy handler makes the others sleep and try again, ever longer: a newcomer goes
first more often than not, and under load some wait for seconds (https://www.sqlite.org/c3ref/busy_handler.html). So
each writer waits for its turn before BEGIN IMMEDIATE. In a process, threads form a line; its head takes a ticket from a
file beside the database. A ticket is a lock on one byte (POSIX record locks), and whoever has it waits until no
lower byte is locked. The kernel releases the locks of a process that ends, however it ends.
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

#: How long a request waits for its turn, and how long a command or a job does.
REQUEST_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 60.0
#: Threads of one process that wait at most. A server has fewer: see `masthead.web.middleware.load_shedding`.
WAITING: Final = 1_000
#: What stands behind the name of the database in the name of the file with the tickets.
SUFFIX: Final = "-queue"
#: The head of a process's line asks so often; each time costs microseconds.
POLL_SECONDS: Final = 0.001
#: The number of the next ticket stands in the first bytes; whoever reads and raises it locks the first.
NUMBER_BYTES: Final = 8
FIRST_TICKET: Final = 64
#: Offsets of locks have 63 bits.
TICKETS: Final = 1 << 62


class WriteTimeout(DatabaseTimeout):
    """Others have written for so long that this writer's turn has not come."""

    def __init__(self) -> None:
        super().__init__("The turn to write into the database did not come in time.")


class WriteQueue:
    """The line of this process for one database."""

    def __init__(self, database: str) -> None:
        self._database = Path(database)
        self._turns = FairSemaphore(1)
        self._ticket: int | None = None

    def enter(self, seconds: float) -> None:
        """Wait for the turn; raises `WriteTimeout` if it does not come in this time."""
        deadline = time.monotonic() + seconds
        if not self._turns.acquire(waiting=WAITING, seconds=seconds):
            raise WriteTimeout
        try:
            self._ticket = self._taken_ticket(deadline)
        except BaseException:
            self._turns.release()
            raise

    def leave(self) -> None:
        """End the turn."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            # Closing the file releases every lock that this process has on it.
            os.close(ticket)
        self._turns.release()

    def _taken_ticket(self, deadline: float) -> int | None:
        """The open file with our byte locked and none before it.

        None where no such file can be written: then SQLite alone arbitrates, and says what is wrong with the disk.
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
            # It belongs to whom the database does, also when the system's administrator runs a command.
            owner = self._database.stat()
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_CREAT, owner.st_mode & 0o666)
            if os.geteuid() == 0:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            return descriptor


def _wait_for_turn(descriptor: int, deadline: float) -> None:
    """Take the next ticket, and wait until every one before it is given back."""
    _poll(lambda: fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1), deadline)
    number = int.from_bytes(os.pread(descriptor, NUMBER_BYTES, 0)) % TICKETS
    _poll(lambda: fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, FIRST_TICKET + number), deadline)
    os.pwrite(descriptor, (number + 1).to_bytes(NUMBER_BYTES), 0)
    fcntl.lockf(descriptor, fcntl.LOCK_UN, 1)
    if number:
        # Those who wait share these bytes; nobody takes one of them any more.
        _poll(
            lambda: fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, number, FIRST_TICKET),
            deadline,
        )
        fcntl.lockf(descriptor, fcntl.LOCK_UN, number, FIRST_TICKET)


def _poll(lock: Callable[[], object], deadline: float) -> None:
    """Take a lock as soon as it is free; a blocking call would know no deadline."""
    while True:
        try:
            lock()
        except (BlockingIOError, PermissionError):
            # POSIX allows EAGAIN and EACCES for a lock that another process has.
            if time.monotonic() >= deadline:
                raise WriteTimeout from None
            time.sleep(POLL_SECONDS)
        else:
            return


class QueuedConnection(sqlite3.Connection):
    """A connection that gives its turn back when its transaction has ended."""

    _queue: WriteQueue | None = None

    def take_turn(self, database: str, seconds: float) -> None:
        """Wait until this connection may begin to write; raises `WriteTimeout`."""
        queue = queue_of(database)
        queue.enter(seconds)
        self._queue = queue

    def end_turn(self) -> None:
        """Let the next one write, if this connection has a turn and no transaction any more."""
        queue = self._queue
        if queue is not None and not self._is_in_transaction():
            self._queue = None
            queue.leave()

    def _is_in_transaction(self) -> bool:
        try:
            return self.in_transaction
        except sqlite3.ProgrammingError:
            # It is closed.
            return False

    def commit(self) -> None:
        """As SQLite's."""
        try:
            super().commit()
        finally:
            self.end_turn()

    def rollback(self) -> None:
        """As SQLite's."""
        try:
            super().rollback()
        finally:
            self.end_turn()

    def close(self) -> None:
        """As SQLite's."""
        super().close()
        self.end_turn()

    def __del__(self) -> None:
        """Give the turn back if nobody has closed the connection, for it ends here as well."""
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.leave()


_queues: dict[str, WriteQueue] = {}


def queue_of(database: str) -> WriteQueue:
    """The one line of this process for a file, whatever name it is called by."""
    known = _queues.get(database)
    if known is None:
        path = os.path.realpath(database)
        # Setting a default is one step, so two threads get the same line.
        known = _queues[database] = _queues.setdefault(path, WriteQueue(path))
    return known


# The turns of the parent's threads are not the child's, and neither are its locks.
os.register_at_fork(after_in_child=_queues.clear)
