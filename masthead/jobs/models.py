"""Jobs, the last run of each periodic task, and the last reading of the clock."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier

ERROR_CHARACTERS = 2_000
RESULT_CHARACTERS = 2_000


class JobState(StrEnum):
    """The state of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


_STATES = ", ".join(f"'{state}'" for state in JobState)


class Job(Base):
    """One call of a task; the arguments are ids, since their objects may change before the job runs."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        Index("ix_job_state_run_at", "state", "run_at"),
        # At most one job with a key waits; a change during its run enqueues a new one.
        Index(
            "uq_job_waiting_key",
            "unique_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    args: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    unique_key: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    #: The runner that holds the lease, and the end of the lease.
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    #: A sentence about the result, for people.
    result: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Tick(Base):
    """The last period in which a periodic task was enqueued; one of several runners advances it."""

    __tablename__ = "job_tick"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    slot: Mapped[int]


class ClockMark(Base):
    """The last reading of the clock, in the single row of this table; see `masthead.jobs.clock_guard`."""

    __tablename__ = "clock_mark"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
    #: Start of the period without a leap.
    steady_since: Mapped[datetime]
