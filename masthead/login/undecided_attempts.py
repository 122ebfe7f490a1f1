"""Sign-ins whose passwords are being checked: they count as failed meanwhile, and may turn out not to have.

Whoever finds a limit used up by such attempts waits for their outcome, in the order in which they came. Otherwise the
eleventh of a class that signs in at the same moment would be sent away because ten are not done yet.
"""

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Final

from masthead.web.limits.throttling import LimitReached
from masthead.web.middleware.load_shedding import place_left

#: The limit that an attempt counts for, and whom it counts.
Bucket = tuple[str, ...]
#: How many wait for one bucket in a process, and for how long.
WAITING: Final = 64
LONGEST_WAIT_SECONDS: Final = 10.0


class UndecidedAttempts:
    """Those of one process; safe with any number of threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._changes = 0
        self._undecided: Counter[Bucket] = Counter()
        self._lines: defaultdict[Bucket, deque[object]] = defaultdict(deque)

    def begin(self, bucket: Bucket, count: Callable[[], None]) -> None:
        """Call ``count``, again and again while it raises `LimitReached` and somebody's outcome may change that."""
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
        """Note that the outcome of an attempt is known, and its count right."""
        self._note(bucket, -1)

    def _turn_of(self, ours: object, bucket: Bucket, deadline: float) -> tuple[int, bool]:
        """Wait to be the first in line; the number of changes so far, and whether anything is undecided."""

        def is_first() -> bool:
            return self._lines[bucket][0] is ours

        if not is_first():
            with place_left(), self._changed:
                self._changed.wait_for(is_first, max(0.0, deadline - time.monotonic()))
        with self._changed:
            return self._changes, self._undecided[bucket] > 0

    def _wait_for_change(self, seen: int, deadline: float) -> None:
        with place_left(), self._changed:
            self._changed.wait_for(lambda: self._changes != seen, max(0.0, deadline - time.monotonic()))

    def _note(self, bucket: Bucket, number: int) -> None:
        with self._changed:
            self._undecided[bucket] += number
            if not self._undecided[bucket]:
                del self._undecided[bucket]
            self._changes += 1
            self._changed.notify_all()
