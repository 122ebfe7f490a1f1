"""The current job of this thread, which gives idempotent names to its side effects."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from flask import Flask

#: Extension key of the context manager around each job.
AROUND = "masthead.jobs.around"
#: Called with the id of a job and the name of its task.
Around = Callable[[int, str], AbstractContextManager[None]]
_marks: ContextVar[Iterator[str] | None] = ContextVar("masthead_job_marks", default=None)


@contextmanager
def working_on(job_id: int) -> Iterator[None]:
    """Mark this block as the work of a job."""
    token = _marks.set(f"job-{job_id}-{number}" for number in itertools.count(1))
    try:
        yield
    finally:
        _marks.reset(token)


def around(app: Flask, job_id: int, name: str) -> AbstractContextManager[None]:
    """Return the context manager that an observer has registered around each job."""
    watcher: Around | None = app.extensions.get(AROUND)
    return nullcontext() if watcher is None else watcher(job_id, name)


def is_working() -> bool:
    """Tell if a job is running in this thread."""
    return _marks.get() is not None


def next_mark() -> str | None:
    """Return the name of the job's next side effect: a counter that repeats when the job is retried."""
    marks = _marks.get()
    return next(marks) if marks is not None else None
