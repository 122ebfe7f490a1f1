"""A semaphore that serves its waiters in the order in which they came.

`threading.Semaphore` gives a place that has become free to whoever asks first, which a newcomer does more often than
the thread that has slept longest. Under load some wait for ever.
"""

import threading
from collections import deque


class FairSemaphore:
    """Places that are handed from one holder to the next; safe with any number of threads."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._line: deque[threading.Lock] = deque()

    def acquire(self, *, waiting: int, seconds: float) -> bool:
        """Take a place, or wait for one at most so long; False at once if so many wait already."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return True
            if len(self._line) >= waiting:
                return False
            turn = threading.Lock()
            turn.acquire()
            self._line.append(turn)
        is_ours = False
        try:
            is_ours = turn.acquire(timeout=max(seconds, 0))
        finally:
            if not is_ours:
                is_ours = self._was_handed(turn)
        return is_ours

    def _was_handed(self, turn: threading.Lock) -> bool:
        """Leave the line; True if the place was handed over in the same moment."""
        with self._lock:
            if turn in self._line:
                self._line.remove(turn)
                return False
            return True

    def release(self) -> None:
        """Hand the place to the first who waits."""
        with self._lock:
            self._free += 1
            if self._free > 0 and self._line:
                self._free -= 1
                self._line.popleft().release()

    def retake(self) -> None:
        """Take a place at once, even if none is free; the next ones that are released then go to nobody."""
        with self._lock:
            self._free -= 1

    @property
    def waiting(self) -> int:
        """Threads that wait at this moment."""
        return len(self._line)
