"""A number of places, and a room in which some wait for one, in the order in which they came."""

from collections.abc import Iterator
from contextlib import contextmanager

from masthead.fair_semaphore import FairSemaphore


class WaitingRoom:
    """Places for what is done at the same time; who finds no room to wait in, or waits too long, is to be sent away."""

    def __init__(self, *, places: int, waiting: int, seconds: float) -> None:
        self._places = FairSemaphore(places)
        self._waiting = waiting
        self._seconds = seconds

    def take(self) -> bool:
        """Whether a place was free, at once or within the time; give it back with `leave`."""
        return self._places.acquire(waiting=self._waiting, seconds=self._seconds)

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()

    @contextmanager
    def left_meanwhile(self) -> Iterator[None]:
        """Let somebody else have the place while its holder waits for something; it is there again afterwards."""
        self._places.release()
        try:
            yield
        finally:
            self._places.retake()

    @property
    def waiting(self) -> int:
        """How many wait at this moment."""
        return self._places.waiting
