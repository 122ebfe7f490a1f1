"""A circuit breaker: after a failure a server is not called for a while, so that only one request waits for it."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

#: Seconds for which the circuit stays open.
OPEN_SECONDS = 5.0
T = TypeVar("T")


class Circuit:
    """The circuit to one server, for one process. While it is open, calls fail over at once."""

    def __init__(
        self,
        name: str,
        *errors: type[Exception],
        seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._errors = errors
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until = float("-inf")
        self._has_failed = False

    @property
    def is_open(self) -> bool:
        """True while calls fail over without a try."""
        return self._clock() < self._open_until

    def call(self, wanted: Callable[[], T], instead: Callable[[], T]) -> T:
        """Return the result of ``wanted``, or that of ``instead`` if it fails or the circuit is open."""
        if not self._may_try():
            return instead()
        try:
            answer = wanted()
        except self._errors as error:
            self._open(error)
            return instead()
        if self._has_failed:
            self._close()
        return answer

    def _may_try(self) -> bool:
        """Tell if this call may go through; after a failure one call at a time probes the server."""
        if not self._has_failed:
            return True
        with self._lock:
            now = self._clock()
            if now < self._open_until:
                return False
            # The others keep failing over until the probe has returned.
            self._open_until = now + self._seconds
            return True

    def _open(self, error: Exception) -> None:
        with self._lock:
            was_well, self._has_failed = not self._has_failed, True
            self._open_until = self._clock() + self._seconds
        if was_well:
            log.warning(
                "a server does not answer", server=self.name, error=f"{type(error).__name__}: {error}"
            )

    def _close(self) -> None:
        with self._lock:
            self._has_failed, self._open_until = False, float("-inf")
        log.warning("a server answers again", server=self.name)
