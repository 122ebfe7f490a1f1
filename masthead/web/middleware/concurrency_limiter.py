"""A concurrency limiter: a number of slots, and a bounded first-in first-out queue for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from masthead.fair_semaphore import FairSemaphore


class ConcurrencyLimiter:
    """Slots for concurrent work; a caller is refused if the queue is full or its wait times out."""

    def __init__(self, *, places: int, waiting: int, seconds: float) -> None:
        self._places = FairSemaphore(places)
        self._waiting = waiting
        self._seconds = seconds

    def take(self) -> bool:
        """Acquire a slot, at once or within the time-out; release it with `leave`."""
        return self._places.acquire(waiting=self._waiting, seconds=self._seconds)

    def leave(self) -> None:
        """Release the slot."""
        self._places.release()

    @contextmanager
    def left_meanwhile(self) -> Iterator[None]:
        """Release the slot while its holder waits for something else, and reacquire it afterwards."""
        self._places.release()
        try:
            yield
        finally:
            self._places.retake()

    @property
    def waiting(self) -> int:
        """The number of waiting callers."""
        return self._places.waiting
