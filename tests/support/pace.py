"""Processor time in units of the machine, so that a bound on work holds on slow and busy machines, too.

One unit is about ten milliseconds of a quiet processor of 2024: the time of a fixed loop, run in the same thread right
before and after the work. Other threads of the process do not count.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LOOPS = 60_000


@dataclass(slots=True)
class Work:
    """The figures that `measure_work` has measured."""

    seconds: float = 0.0
    units: float = 0.0


@contextmanager
def measure_work() -> Iterator[Work]:
    """Measure the body of the `with`; read the result after it."""
    work = Work()
    before = _seconds_of_a_unit()
    began = time.thread_time()
    try:
        yield work
    finally:
        work.seconds = time.thread_time() - began
        work.units = work.seconds / max(before, _seconds_of_a_unit())


def _seconds_of_a_unit() -> float:
    """Compute what an interpreter does all day: calls, strings and a dict."""
    began = time.thread_time()
    seen: dict[str, int] = {}
    for number in range(LOOPS):
        word = str(number % 100)
        seen[word] = seen.get(word, 0) + 1
    return time.thread_time() - began
