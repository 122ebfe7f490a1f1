"""A first-in first-out semaphore.

`threading.Semaphore` wakes a waiter but lets newcomers acquire first, so under load some threads starve.
"""

import threading
from collections import deque


class FairSemaphore:
    """Slots that pass from one holder to the next; thread-safe."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._line: deque[threading.Lock] = deque()

    def acquire(self, *, waiting: int, seconds: float) -> bool:
        """Acquire a slot, waiting up to ``seconds``; False at once if ``waiting`` threads wait already."""
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
        """Leave the queue; True if the slot was handed over at the same moment."""
        with self._lock:
            if turn in self._line:
                self._line.remove(turn)
                return False
            return True

    def release(self) -> None:
        """Hand the slot to the first waiter."""
        with self._lock:
            self._free += 1
            if self._free > 0 and self._line:
                self._free -= 1
                self._line.popleft().release()

    def retake(self) -> None:
        """Acquire a slot at once, even if none is free; as many releases then free none."""
        with self._lock:
            self._free -= 1

    @property
    def waiting(self) -> int:
        """The number of waiting threads."""
        return len(self._line)
