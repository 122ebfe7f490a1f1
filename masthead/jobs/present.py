"""The job that this thread works on, for those who must name what they do the same way at each attempt."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_marks: ContextVar[Iterator[str] | None] = ContextVar("masthead_job_marks", default=None)


@contextmanager
def working_on(job_id: int) -> Iterator[None]:
    """Say that what happens in this block is done by a job."""
    token = _marks.set(f"job-{job_id}-{number}" for number in itertools.count(1))
    try:
        yield
    finally:
        _marks.reset(token)


def next_mark() -> str | None:
    """A name for the next thing that the job does: the first, the second …, the same when it is run again."""
    marks = _marks.get()
    return next(marks) if marks is not None else None
