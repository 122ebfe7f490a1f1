"""Rows of background jobs for the administration."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from masthead.jobs import labels
from masthead.jobs.models import Job, JobState
from masthead.web.list_filters import FilterLink

#: The lists, most urgent first.
LABELS: dict[JobState, str] = {
    JobState.QUEUED: "Queued",
    JobState.RUNNING: "Running",
    JobState.DEAD: "Failed",
    JobState.DONE: "Done",
    JobState.CANCELLED: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job in the list."""

    id: int
    task: str
    #: The last error and the result.
    notes: list[str]
    status: str
    moment: datetime
    attempts: int
    is_retriable: bool
    is_cancellable: bool


def row(job: Job, *, at: datetime) -> JobRow:
    """Return the row of a job at a moment."""
    args = f" ({', '.join(map(str, job.args))})" if job.args else ""
    return JobRow(
        id=job.id,
        task=labels.of_task(job.name) + args,
        notes=[note for note in (job.last_error, job.result) if note],
        status=_status(job, at=at),
        moment=job.finished_at or job.run_at,
        attempts=job.attempts,
        is_retriable=job.state in {JobState.DEAD, JobState.CANCELLED},
        is_cancellable=job.state in {JobState.QUEUED, JobState.DEAD},
    )


def _status(job: Job, *, at: datetime) -> str:
    if job.state == JobState.QUEUED and job.run_at > at:
        return "Scheduled"
    label = LABELS[JobState(job.state)]
    is_interrupted = job.state == JobState.RUNNING and job.lease_until is not None and job.lease_until < at
    return f"{label}, interrupted" if is_interrupted else label


def filters(current: JobState | None, task: str, counts: dict[str, int]) -> list[FilterLink]:
    """Return links to all jobs and to each state, limited to one task if one is chosen."""
    everything = FilterLink("All", url_for("jobs_admin.index", task=task or None), current is None)
    return [
        everything,
        *(
            FilterLink(
                label,
                url_for("jobs_admin.index", state=state, task=task or None),
                state is current,
                counts.get(state, 0),
            )
            for state, label in LABELS.items()
        ),
    ]
