"""A number of places, and a room in which some wait for one for a moment."""

import threading


class WaitingRoom:
    """Places for what is done at the same time; who finds no room to wait in, or waits too long, is to be sent away."""

    def __init__(self, *, places: int, waiting: int, seconds: float) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._waiting = threading.BoundedSemaphore(waiting)
        self._seconds = seconds

    def take(self) -> bool:
        """Whether a place was free, at once or within the time; give it back with `leave`."""
        if self._places.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=self._seconds)
        finally:
            self._waiting.release()

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()
