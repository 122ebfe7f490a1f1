"""The job that this thread works on, for those who must name what they do the same way at each attempt."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from flask import Flask

#: Where an application keeps what is to be around each job.
AROUND = "masthead.jobs.around"
#: Called with the number of a job and the name of its task.
Around = Callable[[int, str], AbstractContextManager[None]]
_marks: ContextVar[Iterator[str] | None] = ContextVar("masthead_job_marks", default=None)


@contextmanager
def working_on(job_id: int) -> Iterator[None]:
    """Say that what happens in this block is done by a job."""
    token = _marks.set(f"job-{job_id}-{number}" for number in itertools.count(1))
    try:
        yield
    finally:
        _marks.reset(token)


def around(app: Flask, job_id: int, name: str) -> AbstractContextManager[None]:
    """What those who watch jobs have put around each of them."""
    watcher: Around | None = app.extensions.get(AROUND)
    return nullcontext() if watcher is None else watcher(job_id, name)


def is_working() -> bool:
    """Whether what happens here is done by a job."""
    return _marks.get() is not None


def next_mark() -> str | None:
    """A name for the next thing that the job does: the first, the second …, the same when it is run again."""
    marks = _marks.get()
    return next(marks) if marks is not None else None
