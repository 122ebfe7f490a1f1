"""The outbox: jobs exist exactly when the change does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from masthead import clock, jobs
from masthead.db import db
from masthead.errors import Conflict, NotFound
from masthead.jobs import outbox, registry
from masthead.jobs.models import Job, JobState
from masthead.jobs.runner import Runner

ran: list[int] = []


@pytest.fixture(autouse=True)
def _tasks() -> Iterator[None]:
    ran.clear()
    before = dict(registry._tasks), dict(registry._periods)
    yield
    registry._tasks.clear()
    registry._tasks.update(before[0])
    registry._periods.clear()
    registry._periods.update(before[1])


def remembering() -> jobs.Task[int]:
    @jobs.task("tests.remember")
    def remember(number: int) -> None:
        ran.append(number)

    return remember


def states(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Job.state).order_by(Job.id)))


def test_job_runs_after_the_commit(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        jobs.enqueue(task, 7)
        db.session.commit()
    assert Runner(app).run_due() == 1
    assert ran == [7]
    assert states(app) == [JobState.DONE]


def test_job_vanishes_with_the_change_that_is_rolled_back(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        jobs.enqueue(task, 7)
        db.session.rollback()
    assert Runner(app).run_due() == 0
    assert states(app) == []


def test_job_waits_for_its_time(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        jobs.enqueue(task, 7, run_at=clock.now() + timedelta(hours=1))
        db.session.commit()
    assert Runner(app).run_due() == 0


def test_jobs_with_the_same_key_wait_only_once(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        assert jobs.enqueue(task, 1, unique_key="one") is not None
        assert jobs.enqueue(task, 2, unique_key="one") is None
        db.session.commit()
    Runner(app).run_due()
    assert ran == [1]
    with app.app_context():
        assert jobs.enqueue(task, 3, unique_key="one") is not None, "the first is done"


def test_two_tasks_cannot_share_a_name() -> None:
    remembering()
    with pytest.raises(ValueError, match="Two tasks"):
        remembering()


def test_cancelled_job_does_not_run(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        job_id = jobs.enqueue(task, 1)
        outbox.cancel(job_id or 0)
        db.session.commit()
    assert Runner(app).run_due() == 0
    assert states(app) == [JobState.CANCELLED]


def test_retried_job_runs_again(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        job_id = jobs.enqueue(task, 1) or 0
        outbox.cancel(job_id)
        outbox.retry(job_id)
        db.session.commit()
    Runner(app).run_due()
    assert ran == [1]


def test_done_job_can_be_neither_retried_nor_cancelled(app: Flask) -> None:
    task = remembering()
    with app.app_context():
        job_id = jobs.enqueue(task, 1) or 0
        db.session.commit()
    Runner(app).run_due()
    with app.app_context():
        with pytest.raises(Conflict):
            outbox.retry(job_id)
        with pytest.raises(Conflict):
            outbox.cancel(job_id)


def test_unknown_job_is_not_found(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotFound):
        outbox.retry(999)
