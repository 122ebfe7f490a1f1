"""Leases: the race-free statements that take, renew and finish jobs.

Each runs in a short transaction of its own, apart from the work of the task. A lease that is not renewed expires, and
the next runner takes the job; a runner that has lost a lease can no longer write its result.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError

from masthead import clock
from masthead.db import own_transaction, snapshot
from masthead.jobs.models import ERROR_CHARACTERS, RESULT_CHARACTERS, Job, JobState

LEASE = timedelta(seconds=60)
FIRST_DELAY_SECONDS = 10
LONGEST_DELAY_SECONDS = 2 * 3_600


@dataclass(frozen=True, slots=True)
class Lease:
    """A leased job; ``attempt`` counts from 1."""

    job_id: int
    name: str
    args: tuple[Any, ...]
    owner: str
    attempt: int


def is_anything_due() -> bool:
    """Tell if a job is due. Reads only, so that an idle site writes nothing."""
    with snapshot() as session:
        return session.scalar(select(Job.id).where(_due(clock.now())).limit(1)) is not None


def due_ids(limit: int, *, before: datetime | None = None) -> list[int]:
    """Return the ids of due jobs, or of those due before a time, the longest due first."""
    statement = select(Job.id).where(_due(before or clock.now())).order_by(Job.run_at, Job.id).limit(limit)
    with snapshot() as session:
        return list(session.scalars(statement))


def _due(now: datetime) -> Any:
    return or_(
        and_(Job.state == JobState.QUEUED, Job.run_at <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )


def take(owner: str, limit: int, *, only: int | None = None) -> list[Lease]:
    """Lease up to ``limit`` due jobs, the longest due first.

    With ``only`` lease the job with this id, if it is due.
    """
    now = clock.now()
    chosen = (
        select(Job.id)
        .where(_due(now), *([] if only is None else [Job.id == only]))
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # PostgreSQL may run a plain subquery once for each row of a nested loop, and exceed the limit.
        .cte("chosen")
        .prefix_with("MATERIALIZED")
    )
    statement = (
        update(Job)
        .where(Job.id.in_(select(chosen.c.id)))
        .values(state=JobState.RUNNING, lease_owner=owner, lease_until=now + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.name, Job.args, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    with own_transaction() as session:
        rows = session.execute(statement).all()
    return [Lease(row.id, row.name, tuple(row.args), owner, row.attempts) for row in sorted(rows)]


def renew(owner: str) -> None:
    """Renew all leases of a runner."""
    statement = (
        update(Job)
        .where(Job.state == JobState.RUNNING, Job.lease_owner == owner)
        .values(lease_until=clock.now() + LEASE)
    )
    with own_transaction() as session:
        session.execute(statement, execution_options={"synchronize_session": False})


def complete(lease: Lease, result: str = "") -> None:
    """Mark the job as done, with its result."""
    values = {"last_error": "", "result": result[:RESULT_CHARACTERS]}
    _settle(lease, state=JobState.DONE, finished_at=clock.now(), **values)


def bury(lease: Lease, error: str) -> None:
    """Mark the job as dead; it stays visible as a dead letter."""
    _settle(lease, state=JobState.DEAD, finished_at=clock.now(), last_error=error[:ERROR_CHARACTERS])


def postpone(lease: Lease, error: str) -> None:
    """Reschedule the job with exponential backoff."""
    try:
        _settle(
            lease,
            state=JobState.QUEUED,
            run_at=clock.now() + timedelta(seconds=delay_seconds(lease.attempt)),
            last_error=error[:ERROR_CHARACTERS],
        )
    except IntegrityError:
        # A newer job with the same key is waiting, and replaces this one.
        _settle(lease, state=JobState.CANCELLED, finished_at=clock.now(), last_error=error[:ERROR_CHARACTERS])


def defer(lease: Lease, until: datetime, reason: str) -> None:
    """Reschedule the job without counting an attempt."""
    values = {"run_at": until, "attempts": lease.attempt - 1, "last_error": reason}
    try:
        _settle(lease, state=JobState.QUEUED, **values)
    except IntegrityError:
        _settle(lease, state=JobState.CANCELLED, finished_at=clock.now(), last_error=reason)


def delay_seconds(attempt: int) -> float:
    """Compute the exponential backoff; jitter spreads jobs that failed together."""
    seconds = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1))
    return seconds * secrets.SystemRandom().uniform(0.75, 1.25)


def _settle(lease: Lease, **values: object) -> None:
    statement = (
        update(Job)
        .where(
            Job.id == lease.job_id,
            Job.state == JobState.RUNNING,
            Job.lease_owner == lease.owner,
            Job.attempts == lease.attempt,
        )
        .values(lease_owner=None, lease_until=None, **values)
    )
    with own_transaction() as session:
        session.execute(statement, execution_options={"synchronize_session": False})
