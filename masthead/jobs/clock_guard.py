"""Detects clock leaps in the database, and delays tasks that delete by the clock.

`masthead.clock` ignores leaps while a process runs; a process that starts during one can only compare with stored
readings. A leap forward looks like a long stop, and both cost no more than a short wait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from masthead import clock
from masthead.db import insert_into, own_transaction, snapshot
from masthead.jobs.leases import LEASE, LONGEST_DELAY_SECONDS
from masthead.jobs.models import ClockMark, Job, JobState

log = structlog.get_logger(__name__)

#: Time since the last reading beyond which the clock has leapt, or the site was stopped.
LONGEST_GAP = timedelta(days=1)
#: Tolerated difference between the clocks of machines.
TOLERANCE = timedelta(minutes=2)
#: Time without a leap that is required before anything is deleted by the clock.
STEADY_AFTER = timedelta(hours=1)
#: Interval of stored readings, so that an idle site hardly writes.
NOTED_EVERY = timedelta(minutes=10)
#: Note on a job that waits for the clock.
LEAPT = "It waits until the clock has gone on without a leap for a while."
#: Maximum delay between two attempts of a job, including jitter.
LONGEST_WAIT = timedelta(seconds=2 * LONGEST_DELAY_SECONDS)


@dataclass(frozen=True, slots=True)
class Reading:
    """The last stored time, and the start of the period without a leap."""

    seen_at: datetime
    steady_since: datetime

    def has_leapt_to(self, now: datetime) -> bool:
        """Tell if ``now`` is too far from the last reading."""
        return not -TOLERANCE <= now - self.seen_at <= LONGEST_GAP

    @property
    def trusted_from(self) -> datetime:
        """The time from which deletion is allowed."""
        return self.steady_since + STEADY_AFTER


def last_reading() -> Reading | None:
    """Return the last reading; before the first one, derive it from the newest job."""
    with snapshot() as session:
        mark = session.scalar(select(ClockMark))
        if mark is not None:
            return Reading(mark.seen_at, mark.steady_since)
        newest = session.scalar(select(func.max(Job.created_at)))
    return None if newest is None else Reading(newest, newest - STEADY_AFTER)


def is_steady() -> bool:
    """Read the clock, store the reading at intervals, and tell if deletion by the clock is allowed."""
    now = clock.now()
    last = last_reading()
    if last is None:
        _store(Reading(now, now - STEADY_AFTER))
        return True
    if last.has_leapt_to(now):
        log.warning("the clock has leapt, or the site was stopped", before=str(last.seen_at), now=str(now))
        _store(Reading(now, now), is_leap=True)
        return False
    if abs(now - last.seen_at) >= NOTED_EVERY:
        _move_on(last, now)
    return now >= last.trusted_from


def _store(reading: Reading, *, is_leap: bool = False) -> None:
    values = {"id": 1, "seen_at": reading.seen_at, "steady_since": reading.steady_since}
    with own_transaction() as session:
        statement = insert_into(ClockMark, session.get_bind().dialect).values(values)
        if is_leap:
            statement = statement.on_conflict_do_update(index_elements=["id"], set_=values)
            _mend(session, reading.seen_at)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=["id"])
        session.execute(statement)


def _move_on(last: Reading, now: datetime) -> None:
    """Store the new reading, unless another runner has stored one since."""
    statement = update(ClockMark).where(ClockMark.seen_at == last.seen_at).values(seen_at=now)
    with own_transaction() as session:
        session.execute(statement, execution_options={"synchronize_session": False})
        if session.scalar(select(ClockMark.id)) is None:
            session.add(ClockMark(id=1, seen_at=now, steady_since=last.steady_since))


def _mend(session: Session, now: datetime) -> None:
    """Reset jobs that a leap has postponed too far, and leases that it has extended."""
    ahead = now + TOLERANCE
    # Jobs scheduled deliberately keep their time.
    stray = select(Job.id, Job.created_at, Job.run_at, Job.attempts, Job.last_error).where(
        Job.state == JobState.QUEUED, Job.run_at > ahead
    )
    late = [
        row.id
        for row in session.execute(stray)
        if (row.created_at > ahead and row.run_at - row.created_at <= LONGEST_WAIT)
        or (row.attempts and row.run_at > now + LONGEST_WAIT)
        or row.last_error == LEAPT
    ]
    for job_id in late:
        session.execute(update(Job).where(Job.id == job_id).values(run_at=now))
    leased = (Job.state == JobState.RUNNING, Job.lease_until > now + 2 * LEASE)
    session.execute(update(Job).where(*leased).values(lease_until=now + LEASE))
