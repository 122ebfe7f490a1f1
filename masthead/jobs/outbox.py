"""The outbox: enqueues jobs in the caller's transaction, and lists, retries and cancels them. Never commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy.orm import Session

from masthead import clock
from masthead.db import db, insert_into
from masthead.errors import Conflict, NotFound
from masthead.jobs import wakeup
from masthead.jobs.models import Job, JobState
from masthead.jobs.registry import Task

_QUEUED = "masthead.jobs.queued"
_UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


def enqueue(
    task: Task[...], /, *ids: int | str, run_at: datetime | None = None, unique_key: str | None = None
) -> int | None:
    """Enqueue a call of the task in this transaction; returns the job's id, or None if the key is waiting already."""
    now = clock.now()
    dialect = db.session.get_bind().dialect
    is_due = run_at is None or run_at <= now
    statement = insert_into(Job, dialect).values(
        name=task.name,
        args=list(ids),
        state=JobState.QUEUED,
        unique_key=unique_key,
        created_at=now,
        run_at=run_at or now,
        attempts=0,
        last_error="",
    )
    if unique_key is not None:
        statement = statement.on_conflict_do_nothing(
            index_elements=["unique_key"], index_where=text("state = 'queued'")
        )
    # Part of the INSERT, so that it costs no round trip.
    notice = [func.pg_notify(wakeup.CHANNEL, "")] if dialect.name == "postgresql" and is_due else []
    job_id: int | None = db.session.scalar(statement.returning(Job.id, *notice))
    if job_id is not None and is_due:
        db.session().info.setdefault(_QUEUED, []).append(job_id)
    return job_id


def queued_in(session: Session) -> list[int]:
    """Return the ids of jobs that the session's transaction has enqueued for now, once."""
    found: list[int] = session.info.pop(_QUEUED, [])
    return found


def unfinished(job_ids: Collection[int | None]) -> set[int]:
    """Return those of these jobs that wait or run. The others are done, dead, cancelled or forgotten."""
    statement = select(Job.id).where(Job.id.in_(job_ids), Job.state.in_(_UNFINISHED))
    return set(db.session.scalars(statement)) if job_ids else set()


def has_unfinished(task: Task[...], /, *ids: int | str) -> bool:
    """Tell if a call of the task with these arguments waits or runs."""
    statement = select(Job.args).where(Job.name == task.name, Job.state.in_(_UNFINISHED))
    return any(list(args) == list(ids) for args in db.session.scalars(statement))


def listed(state: str | None = None, name: str = "") -> Select[Job]:
    """List jobs, the newest first, filtered by state and task."""
    statement = select(Job).order_by(Job.id.desc())
    if state is not None:
        statement = statement.where(Job.state == state)
    return statement.where(Job.name == name) if name else statement


def names() -> Select[str]:
    """List the task names that jobs have."""
    return select(Job.name).distinct().order_by(Job.name)


def counts() -> dict[str, int]:
    """Count the jobs by state."""
    rows = db.session.execute(select(Job.state, func.count().label("number")).group_by(Job.state))
    return {row.state: row.number for row in rows}


def get(job_id: int) -> Job:
    """Return the job with this id; raises `NotFound`."""
    job = db.session.scalar(select(Job).where(Job.id == job_id).execution_options(populate_existing=True))
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return job


def retry(job_id: int) -> None:
    """Restart a dead or cancelled job; raises `NotFound` or `Conflict`."""
    _move(
        job_id,
        from_states=(JobState.DEAD, JobState.CANCELLED),
        problem="Only a dead or cancelled job can be retried.",
        state=JobState.QUEUED,
        attempts=0,
        run_at=clock.now(),
        finished_at=None,
        unique_key=None,
    )


def retry_dead(*, task: str | None = None) -> int:
    """Restart every dead job, or those of one task; returns their number."""
    statement = update(Job).where(Job.state == JobState.DEAD)
    if task is not None:
        statement = statement.where(Job.name == task)
    statement = statement.values(
        state=JobState.QUEUED, attempts=0, run_at=clock.now(), finished_at=None, unique_key=None
    )
    return len(db.session.scalars(statement.returning(Job.id)).all())


def cancel(job_id: int) -> None:
    """Cancel a waiting job; raises `NotFound` or `Conflict`."""
    _move(
        job_id,
        from_states=(JobState.QUEUED, JobState.DEAD),
        problem="Only a queued job can be cancelled.",
        state=JobState.CANCELLED,
        finished_at=clock.now(),
    )


def _move(job_id: int, *, from_states: tuple[JobState, ...], problem: str, **values: object) -> None:
    statement = update(Job).where(Job.id == job_id, Job.state.in_(from_states)).values(**values)
    if db.session.scalar(statement.returning(Job.id)) is not None:
        return
    if db.session.scalar(select(Job.id).where(Job.id == job_id)) is None:
        raise NotFound(f"There is no job {job_id}.")
    raise Conflict(problem)


def forget(state: JobState, *, before: datetime) -> None:
    """Delete the jobs that reached this state before a time."""
    db.session.execute(delete(Job).where(Job.state == state, Job.finished_at < before))
