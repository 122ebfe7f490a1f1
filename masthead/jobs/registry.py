"""The registry of tasks, by name. Features register theirs at import."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, ParamSpec

from masthead.db import transactions

P = ParamSpec("P")
#: With the delays of `masthead.jobs.leases` the last attempt comes about nine hours after the first.
ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Task(Generic[P]):
    """A function that jobs call by name. It commits its own work, and must tolerate being run twice.

    It may return a sentence about the result, which the list of jobs shows.
    """

    name: str
    function: Callable[P, str | None]
    attempts: int = ATTEMPTS
    #: False makes its transactions read-only, so that they block no writer during network calls.
    writes: bool = False
    #: True for tasks that delete old rows: they wait while the clock cannot be trusted.
    deletes: bool = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> str | None:
        """Call the function directly."""
        with transactions(may_write=self.writes):
            return self.function(*args, **kwargs)


_tasks: dict[str, Task[...]] = {}
_periods: dict[str, timedelta] = {}


def task(
    name: str, *, attempts: int = ATTEMPTS, writes: bool = False, deletes: bool = False
) -> Callable[[Callable[P, str | None]], Task[P]]:
    """Register the decorated function under a name, which is stored in jobs and so must never change.

    Its transactions are read-only unless ``writes`` is true.
    """

    def register(function: Callable[P, str | None]) -> Task[P]:
        if name in _tasks:
            raise ValueError(f"Two tasks are called {name}.")
        made = Task(name, function, attempts, writes, deletes)
        _tasks[name] = made
        return made

    return register


def periodic(
    name: str, every: timedelta, *, deletes: bool = False
) -> Callable[[Callable[[], None]], Task[[]]]:
    """Register a task that writes and is enqueued once in each period, by one of the runners.

    ``deletes`` marks a task that deletes old rows: it waits after a clock leap.
    """

    def register(function: Callable[[], None]) -> Task[[]]:
        # The next period comes anyway, so hours of retries are not worth it.
        made = task(name, attempts=3, writes=True, deletes=deletes)(function)
        _periods[name] = every
        return made

    return register


def find(name: str) -> Task[...] | None:
    """Return the task with this name."""
    return _tasks.get(name)


def periods() -> dict[str, timedelta]:
    """Return the period of each periodic task."""
    return dict(_periods)
