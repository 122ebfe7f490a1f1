"""The tasks that exist, by name. Features register theirs when they are imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, ParamSpec

from masthead.db import transactions

P = ParamSpec("P")
#: With the delays of `masthead.jobs.runner` the last attempt comes about nine hours after the first.
ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Task(Generic[P]):
    """A function that a job can name. It commits its own work, and can bear to be run twice.

    It may return a sentence about what it did, which the list of jobs shows.
    """

    name: str
    function: Callable[P, str | None]
    attempts: int = ATTEMPTS
    #: Otherwise its transactions only read, and hold nobody up while it asks another server.
    writes: bool = False
    #: It deletes what is old, so it waits while the clock cannot be trusted.
    deletes: bool = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> str | None:
        """Run it here and now."""
        with transactions(may_write=self.writes):
            return self.function(*args, **kwargs)


_tasks: dict[str, Task[...]] = {}
_periods: dict[str, timedelta] = {}


def task(
    name: str, *, attempts: int = ATTEMPTS, writes: bool = False, deletes: bool = False
) -> Callable[[Callable[P, str | None]], Task[P]]:
    """Register the decorated function under a name, which is stored in jobs and so never changes.

    Its transactions only read, unless it says that it writes.
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
    """Register a task that writes and is queued once in each period, however many runners there are.

    One that deletes what is old says so: it waits after the clock has leapt.
    """

    def register(function: Callable[[], None]) -> Task[[]]:
        # The next period comes anyway, so it is not worth trying for hours.
        made = task(name, attempts=3, writes=True, deletes=deletes)(function)
        _periods[name] = every
        return made

    return register


def find(name: str) -> Task[...] | None:
    """The task with this name."""
    return _tasks.get(name)


def periods() -> dict[str, timedelta]:
    """How often each periodic task is due."""
    return dict(_periods)
