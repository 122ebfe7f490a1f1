"""Notices in the database that the clock has leapt, and says when work that deletes by the clock may go on.

`masthead.clock` ignores leaps while a process runs; a process that starts during one has only what was stored before to
compare with. A leap forward looks the same as a long stop, and both cost no more than a while of waiting.
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

#: More time than this since the last reading is a leap, or a stop that nobody can tell from one.
LONGEST_GAP = timedelta(days=1)
#: Clocks of machines differ a little, so less than this backwards is none.
TOLERANCE = timedelta(minutes=2)
#: How long the clock must go on without a leap before anything is deleted by it.
STEADY_AFTER = timedelta(hours=1)
#: Readings are stored this often, so that an idle site hardly writes.
NOTED_EVERY = timedelta(minutes=10)
#: What is noted of a job that waits for this.
LEAPT = "It waits until the clock has gone on without a leap for a while."
#: A job waits no longer than this between two attempts, jitter and all.
LONGEST_WAIT = timedelta(seconds=2 * LONGEST_DELAY_SECONDS)


@dataclass(frozen=True, slots=True)
class Reading:
    """The last time that was seen, and since when the clock has gone on without a leap."""

    seen_at: datetime
    steady_since: datetime

    def has_leapt_to(self, now: datetime) -> bool:
        """Whether ``now`` is too far from the last reading to be what follows it."""
        return not -TOLERANCE <= now - self.seen_at <= LONGEST_GAP

    @property
    def trusted_from(self) -> datetime:
        """The moment from which work that deletes may go on."""
        return self.steady_since + STEADY_AFTER


def last_reading() -> Reading | None:
    """The last reading of the clock; from before there were any, the newest job tells the time."""
    with snapshot() as session:
        mark = session.scalar(select(ClockMark))
        if mark is not None:
            return Reading(mark.seen_at, mark.steady_since)
        newest = session.scalar(select(func.max(Job.created_at)))
    return None if newest is None else Reading(newest, newest - STEADY_AFTER)


def is_steady() -> bool:
    """Read the clock, store the reading now and then, and say whether work that deletes by the clock may go on."""
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
    """Store that the clock goes on, unless another runner has stored something since."""
    statement = update(ClockMark).where(ClockMark.seen_at == last.seen_at).values(seen_at=now)
    with own_transaction() as session:
        session.execute(statement, execution_options={"synchronize_session": False})
        if session.scalar(select(ClockMark.id)) is None:
            session.add(ClockMark(id=1, seen_at=now, steady_since=last.steady_since))


def _mend(session: Session, now: datetime) -> None:
    """Let jobs run that a leap has put off until a time that is far away now, and leases end that nobody renews."""
    ahead = now + TOLERANCE
    # What somebody planned for a day in the future keeps its day.
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
