"""Pending attempts: sign-ins whose passwords are being checked. They count as failed until they succeed.

A sign-in that finds the limit used up by pending attempts waits for their outcome, in the order of arrival. Otherwise
the eleventh of a class that signs in at the same moment would be refused because ten are not finished.
"""

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Final

from masthead.web.limits.throttling import LimitReached
from masthead.web.middleware.load_shedding import place_left

#: The name of a limit, and what it counts: an account, an IP address or a device.
Bucket = tuple[str, ...]
#: The most requests that wait for one bucket in a process, and their longest wait.
WAITING: Final = 64
LONGEST_WAIT_SECONDS: Final = 10.0


class PendingAttempts:
    """The pending attempts of one process. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._changes = 0
        self._pending: Counter[Bucket] = Counter()
        self._lines: defaultdict[Bucket, deque[object]] = defaultdict(deque)

    def begin(self, bucket: Bucket, count: Callable[[], None]) -> None:
        """Call ``count``, and retry on `LimitReached` as long as a pending attempt may free the limit."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        ours = object()
        with self._changed:
            line = self._lines[bucket]
            may_wait = len(line) < WAITING
            line.append(ours)
        try:
            while True:
                seen, has_hope = self._turn_of(ours, bucket, deadline)
                try:
                    count()
                except LimitReached:
                    if not (may_wait and has_hope and time.monotonic() < deadline):
                        raise
                    self._wait_for_change(seen, deadline)
                else:
                    self._note(bucket, 1)
                    return
        finally:
            with self._changed:
                line.remove(ours)
                if not line:
                    self._lines.pop(bucket, None)
                self._changed.notify_all()

    def decide(self, bucket: Bucket) -> None:
        """Mark an attempt as finished: its count is final."""
        self._note(bucket, -1)

    def _turn_of(self, ours: object, bucket: Bucket, deadline: float) -> tuple[int, bool]:
        """Wait to be first in line; return the number of changes so far, and True if an attempt is pending."""

        def is_first() -> bool:
            return self._lines[bucket][0] is ours

        if not is_first():
            with place_left(), self._changed:
                self._changed.wait_for(is_first, max(0.0, deadline - time.monotonic()))
        with self._changed:
            return self._changes, self._pending[bucket] > 0

    def _wait_for_change(self, seen: int, deadline: float) -> None:
        with place_left(), self._changed:
            self._changed.wait_for(lambda: self._changes != seen, max(0.0, deadline - time.monotonic()))

    def _note(self, bucket: Bucket, number: int) -> None:
        with self._changed:
            self._pending[bucket] += number
            if not self._pending[bucket]:
                del self._pending[bucket]
            self._changes += 1
            self._changed.notify_all()
