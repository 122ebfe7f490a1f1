"""The only reader of the time, so that tests and imports can say what time it is.

Processes that go on call `ignore_leaps`: then a wall clock that is set wrong for a moment changes nothing for them.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

log = structlog.get_logger(__name__)

#: Steps of the wall clock that are followed at once, as those of a time server are.
TOLERATED_SECONDS = 30.0
#: How long a greater step must have lasted before it is taken for the right time.
ACCEPTED_AFTER_SECONDS = 300.0
#: The clock that nobody can set. On Linux it goes on while the machine sleeps, as the wall clock does.
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    """The current moment in UTC, timezone-aware."""
    return _source[-1]()


def ignore_leaps() -> None:
    """Let `now` ignore a wall clock that leaps, from this moment on, in this process and its forks."""
    _source[:] = [SteadyClock(time.time, lambda: time.clock_gettime(_UPTIME)).now]


class SteadyClock:
    """The wall clock without its leaps: a great step counts once it has lasted for some minutes."""

    def __init__(self, wall: Callable[[], float], uptime: Callable[[], float]) -> None:
        self._wall = wall
        self._uptime = uptime
        self._lock = threading.Lock()
        #: The wall clock is ahead of the uptime by this.
        self._offset = wall() - uptime()
        #: The offset since the leap, and the uptime when it was noticed.
        self._leap: tuple[float, float] | None = None

    def now(self) -> datetime:
        """The current moment in UTC, timezone-aware."""
        wall, uptime = self._wall(), self._uptime()
        if abs(wall - uptime - self._offset) > TOLERATED_SECONDS:
            return datetime.fromtimestamp(uptime + self._offset_in_leap(wall - uptime, uptime), UTC)
        self._offset, self._leap = wall - uptime, None
        return datetime.fromtimestamp(wall, UTC)

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


#: Who is asked. Commands that end soon, and tests, ask the wall clock.
_source: list[Callable[[], datetime]] = [_wall]
