"""The only source of the current time, so that tests and imports can set it.

Long-running processes call `ignore_leaps`, and are then unaffected by a wall clock that is wrong for a moment.
"""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

log = structlog.get_logger(__name__)

#: Steps of the wall clock that are applied at once, such as corrections by NTP.
TOLERATED_SECONDS = 30.0
#: Seconds after which a greater step is accepted.
ACCEPTED_AFTER_SECONDS = 300.0
#: Seconds between readings in an idle process, so that all processes detect a leap at about the same time.
READ_INTERVAL_SECONDS = 1.0
#: A clock that cannot be set. On Linux it includes suspended time, as the wall clock does.
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    """Return the current time in UTC, timezone-aware."""
    return _source[-1]()


def ignore_leaps() -> None:
    """Make `now` ignore leaps of the wall clock, in this process and its forks."""
    is_first = not _steady
    _steady[:] = [SteadyClock(time.time, lambda: time.clock_gettime(_UPTIME))]
    _source[:] = [_steady[0].now]
    if is_first:
        _start_reading()
        os.register_at_fork(after_in_child=_start_in_fork)


def _start_reading() -> None:
    threading.Thread(target=_read_periodically, name="clock", daemon=True).start()


def _read_periodically() -> None:
    while True:
        now()
        time.sleep(READ_INTERVAL_SECONDS)


def _start_in_fork() -> None:
    # A thread of the parent may have held the lock.
    _steady[0].reset_lock()
    _start_reading()


class SteadyClock:
    """The wall clock without leaps: a great step is accepted once it has lasted for some minutes."""

    def __init__(self, wall: Callable[[], float], uptime: Callable[[], float]) -> None:
        self._wall = wall
        self._uptime = uptime
        self._lock = threading.Lock()
        #: Difference between wall clock and uptime.
        self._offset = wall() - uptime()
        #: Offset after a leap, and the uptime at which it was noticed.
        self._leap: tuple[float, float] | None = None

    def now(self) -> datetime:
        """Return the current time in UTC, timezone-aware."""
        wall, uptime = self._wall(), self._uptime()
        if abs(wall - uptime - self._offset) > TOLERATED_SECONDS:
            return datetime.fromtimestamp(uptime + self._offset_in_leap(wall - uptime, uptime), UTC)
        self._offset, self._leap = wall - uptime, None
        return datetime.fromtimestamp(wall, UTC)

    def reset_lock(self) -> None:
        """Replace the lock; a fork calls this, because the thread that held it exists only in the parent."""
        self._lock = threading.Lock()

    def _offset_in_leap(self, offset: float, uptime: float) -> float:
        with self._lock:
            if self._leap is None or abs(offset - self._leap[0]) > TOLERATED_SECONDS:
                self._leap = (offset, uptime)
                log.warning("the clock has leapt", seconds=round(offset - self._offset), is_followed=False)
            elif uptime - self._leap[1] >= ACCEPTED_AFTER_SECONDS:
                log.warning("the clock has leapt", seconds=round(offset - self._offset), is_followed=True)
                self._offset, self._leap = offset, None
            return self._offset


def _wall() -> datetime:
    return datetime.now(UTC)


#: The current source. Short-lived commands and tests read the wall clock.
_source: list[Callable[[], datetime]] = [_wall]
#: The clock of a process that ignores leaps, if this is one.
_steady: list[SteadyClock] = []
