"""The runner: what happens when tasks fail, processes die and runners race."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from masthead import clock, jobs
from masthead.db import db
from masthead.jobs import leases, registry, schedule
from masthead.jobs import runner as runner_module
from masthead.jobs.models import Job, JobState
from masthead.jobs.runner import Runner

Later = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def _tasks() -> Iterator[None]:
    before = dict(registry._tasks), dict(registry._periods)
    yield
    registry._tasks.clear()
    registry._tasks.update(before[0])
    registry._periods.clear()
    registry._periods.update(before[1])


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the clock on."""
    moved = timedelta()

    def move(by: timedelta) -> None:
        nonlocal moved
        moved += by

    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + moved)
    return move


def queue(app: Flask, task: jobs.Task[...], *args: int) -> int:
    with app.app_context():
        job_id = jobs.enqueue(task, *args)
        db.session.commit()
    assert job_id is not None
    return job_id


def stored(app: Flask, job_id: int) -> Job:
    with app.app_context():
        return db.session.scalars(select(Job).where(Job.id == job_id)).one()


def failing(attempts: int) -> jobs.Task[[]]:
    @jobs.task("tests.fail", attempts=attempts)
    def fail() -> None:
        raise RuntimeError("the printer is on fire")

    return fail


def test_failed_job_waits_before_the_next_attempt(app: Flask, later: Later) -> None:
    job_id = queue(app, failing(3))
    runner = Runner(app)
    assert runner.run_due() == 1
    job = stored(app, job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert job.last_error == "RuntimeError: the printer is on fire"
    assert runner.run_due() == 0, "not at once"
    later(timedelta(seconds=13))
    assert runner.run_due() == 1


def test_job_that_always_fails_becomes_a_dead_letter(app: Flask, later: Later) -> None:
    job_id = queue(app, failing(3))
    for _ in range(5):
        Runner(app).run_due()
        later(timedelta(hours=3))
    job = stored(app, job_id)
    assert (job.state, job.attempts) == (JobState.DEAD, 3)


def test_delay_grows_and_is_bounded() -> None:
    delays = [leases.delay_seconds(attempt) for attempt in range(1, 30)]
    assert 7 <= delays[0] <= 13
    assert delays[5] > delays[1]
    assert max(delays) <= leases.LONGEST_DELAY_SECONDS * 1.25


def test_unknown_task_waits_for_a_version_that_knows_it(app: Flask) -> None:
    task = failing(3)
    job_id = queue(app, task)
    registry._tasks.pop("tests.fail")
    Runner(app).run_due()
    assert stored(app, job_id).state == JobState.QUEUED


def test_lease_is_nobody_elses_until_it_ends(app: Flask, later: Later) -> None:
    queue(app, failing(3))
    with app.app_context():
        assert len(leases.take("first", 10)) == 1
        assert leases.take("second", 10) == []
        later(leases.LEASE + timedelta(seconds=1))
        assert len(leases.take("second", 10)) == 1


def test_renewed_lease_does_not_end(app: Flask, later: Later) -> None:
    queue(app, failing(3))
    with app.app_context():
        leases.take("first", 10)
        later(leases.LEASE / 2)
        leases.renew("first")
        later(leases.LEASE / 2 + timedelta(seconds=1))
        assert leases.take("second", 10) == []


def test_runner_that_lost_its_lease_cannot_write_the_result(app: Flask, later: Later) -> None:
    job_id = queue(app, failing(3))
    with app.app_context():
        (lost,) = leases.take("first", 1)
        later(leases.LEASE + timedelta(seconds=1))
        (held,) = leases.take("second", 1)
        leases.complete(lost)
        assert stored(app, job_id).state == JobState.RUNNING
        leases.complete(held)
    assert stored(app, job_id).state == JobState.DONE


def test_job_that_kills_every_process_is_buried(app: Flask, later: Later) -> None:
    job_id = queue(app, failing(2))
    with app.app_context():
        for _ in range(2):
            leases.take("somebody", 1)
            later(leases.LEASE + timedelta(seconds=1))
    Runner(app).run_due()
    assert stored(app, job_id).state == JobState.DEAD


def test_newer_job_with_the_same_key_replaces_the_failed_one(app: Flask) -> None:
    task = failing(3)
    with app.app_context():
        first = jobs.enqueue(task, unique_key="index:1")
        db.session.commit()
        (lease,) = leases.take("somebody", 1)
        jobs.enqueue(task, unique_key="index:1")
        db.session.commit()
        leases.postpone(lease, "it failed")
    assert stored(app, first or 0).state == JobState.CANCELLED


def _take_all(app: Flask, barrier_time: float, path: str) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
        time.sleep(max(0.0, barrier_time - time.monotonic()))
        taken = []
        while found := leases.take(str(os.getpid()), 3):
            taken += [str(lease.job_id) for lease in found]
    Path(path).write_text("\n".join(taken), encoding="utf-8")


def test_racing_processes_take_each_job_once(app: Flask, tmp_path: Path) -> None:
    task = failing(3)
    with app.app_context():
        for _ in range(60):
            jobs.enqueue(task)
        db.session.commit()
        db.engine.dispose()
    start = time.monotonic() + 0.3
    paths = [tmp_path / str(number) for number in range(4)]
    context = get_context("fork")
    processes = [context.Process(target=_take_all, args=(app, start, str(path))) for path in paths]
    for process in processes:
        process.start()
    for process in processes:
        process.join(110)
    taken = [line for path in paths for line in path.read_text(encoding="utf-8").split()]
    assert len(taken) == 60
    assert len(set(taken)) == 60


def _work_until_killed(app: Flask) -> None:
    db_engine_of(app)
    Runner(app).run_due()


def db_engine_of(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose(close=False)


def test_killed_runner_loses_nothing(app: Flask, tmp_path: Path, later: Later) -> None:
    started, done = tmp_path / "started", tmp_path / "done"

    @jobs.task("tests.slow")
    def slow() -> None:
        if not started.exists():
            started.touch()
            time.sleep(60)
        done.touch()

    job_id = queue(app, slow)
    with app.app_context():
        db.engine.dispose()
    process = get_context("fork").Process(target=_work_until_killed, args=(app,))
    process.start()
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert stored(app, job_id).state == JobState.RUNNING
    later(leases.LEASE + timedelta(seconds=1))
    Runner(app).run_due()
    assert done.exists()
    assert stored(app, job_id).state == JobState.DONE


def test_stopped_runner_finishes_the_job_in_hand(app: Flask) -> None:
    runner = Runner(app)

    @jobs.task("tests.stop")
    def stop() -> None:
        runner.stop()
        time.sleep(0.3)

    job_id = queue(app, stop)
    runner.run()
    assert stored(app, job_id).state == JobState.DONE


def test_periodic_task_is_queued_once_in_a_period(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    @jobs.periodic("tests.hourly", every=timedelta(hours=1))
    def hourly() -> None:
        ran.append(1)

    ran: list[int] = []
    at = clock.now().replace(minute=10)
    registry._periods.clear()
    registry._periods["tests.hourly"] = timedelta(hours=1)

    def tick_at(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        # Two processes, which know nothing of each other.
        for _ in range(2):
            with app.app_context():
                schedule.tick({})
            Runner(app).run_due()

    tick_at(at)
    tick_at(at + timedelta(minutes=20))
    assert ran == [1]
    tick_at(at + timedelta(minutes=55))
    assert ran == [1, 1]


@pytest.mark.databases("sqlite")
def test_queue_is_worked_off_without_pauses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # A single pause of an idle runner would outlast the test.
    monkeypatch.setattr(runner_module, "POLL_SECONDS", 3_600)
    runner = Runner(app)
    done: list[int] = []

    @jobs.task("tests.count")
    def count(number: int) -> None:
        done.append(number)
        if len(done) == 40:
            runner.stop()

    for number in range(40):
        queue(app, count, number)
    runner.run()
    assert len(done) == 40


@pytest.mark.databases("postgresql")
def test_no_more_jobs_are_taken_than_asked_for_whatever_the_planner_chooses(app: Flask) -> None:
    @jobs.task("tests.nothing")
    def nothing(_number: int) -> None:
        """Do nothing."""

    numbers = [queue(app, nothing, number) for number in range(3)]
    with app.app_context():
        engine = db.engine

        @event.listens_for(engine, "connect")
        def only_nested_loops(connection: Any, _record: object) -> None:
            connection.autocommit = True
            for method in ("hashjoin", "mergejoin", "material", "memoize", "hashagg", "sort"):
                connection.execute(f"SET enable_{method} = off")
            connection.autocommit = False

        engine.dispose()
        try:
            assert [len(leases.take("somebody", 1)) for _ in numbers] == [1, 1, 1]
        finally:
            event.remove(engine, "connect", only_nested_loops)
            engine.dispose()
