"""A runner on PostgreSQL is told of new jobs; with a connection that is lost, it finds them by itself."""

import signal
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from masthead import clock, jobs
from masthead.db import db
from masthead.jobs import registry, runner
from masthead.jobs.runner import Runner
from masthead.jobs.wakeup import WakeEvent

#: No test waits so long; a job that begins has begun for another reason.
NEVER = 3_600
SECONDS = 90
LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN masthead_jobs'"


@pytest.fixture
def began(monkeypatch):
    """The numbers of the jobs that have begun, as an event for each."""
    began = {number: threading.Event() for number in range(10)}
    task = registry.Task("tests.begin", lambda number: began[number].set())
    monkeypatch.setitem(registry._tasks, task.name, task)
    monkeypatch.setattr(registry, "_periods", {})
    return began


@pytest.fixture
def work(app):
    """Start a runner in a thread; it ends with the test."""
    started = []

    def start():
        made = Runner(app)
        thread = threading.Thread(target=made.run, daemon=True)
        thread.start()
        started.append((made, thread))

    yield start
    for made, thread in started:
        made.stop()
        thread.join(SECONDS)


def queue(app, number, **options):
    with app.app_context():
        jobs.enqueue(registry.find("tests.begin"), number, **options)
        db.session.commit()


def await_listener(app, *, other_than=()):
    deadline = time.monotonic() + SECONDS
    while True:
        with app.app_context():
            found = set(db.session.scalars(text(f"SELECT pid {LISTENERS}"))) - set(other_than)
        if found:
            return found
        assert time.monotonic() < deadline, "Nobody listens."
        time.sleep(0.02)


def await_ring(rung):
    deadline = time.monotonic() + SECONDS
    while not rung:
        assert time.monotonic() < deadline, "Nothing rings."
        time.sleep(0.02)


@pytest.mark.databases("postgresql")
def test_job_begins_at_once_when_it_is_committed(app, began, work, monkeypatch):
    monkeypatch.setattr(runner, "LISTENING_POLL_SECONDS", NEVER)
    work()
    await_listener(app)
    for number in (1, 2, 3):
        queue(app, number)
        assert began[number].wait(SECONDS)


@pytest.mark.databases("postgresql")
def test_job_that_is_rolled_back_wakes_nobody(app, began, monkeypatch):
    rung = []
    monkeypatch.setattr(WakeEvent, "ring", lambda _self: rung.append(1))
    with app.app_context():
        listener = runner.wakeup.Listener(db.engine, WakeEvent())
        await_listener(app)
        # For what was committed before it listened.
        await_ring(rung)
        rung.clear()
        jobs.enqueue(registry.find("tests.begin"), 1)
        db.session.rollback()
        jobs.enqueue(registry.find("tests.begin"), 2, run_at=clock.now() + timedelta(hours=1))
        db.session.commit()
        assert rung == []
        jobs.enqueue(registry.find("tests.begin"), 3)
        db.session.commit()
    await_ring(rung)
    listener.end()
    # Notices come in the order of the commits: the ones before would have come first.
    assert rung == [1]


@pytest.mark.databases("postgresql")
def test_jobs_run_while_nobody_listens_and_the_listener_comes_back(app, began, work, monkeypatch):
    work()
    cut = await_listener(app)
    with app.app_context():
        db.session.execute(text(f"SELECT pg_terminate_backend(pid) {LISTENERS}"))
        db.session.rollback()
    queue(app, 1)
    assert began[1].wait(SECONDS)
    await_listener(app, other_than=cut)
    monkeypatch.setattr(runner, "LISTENING_POLL_SECONDS", NEVER)
    monkeypatch.setattr(runner, "POLL_SECONDS", NEVER)
    queue(app, 2)
    assert began[2].wait(SECONDS)


def test_alarm_that_rings_early_is_heard_and_many_are_one():
    alarm = WakeEvent()
    for _ in range(3):
        alarm.ring()
    alarm.sleep(NEVER)
    before = time.monotonic()
    alarm.sleep(0.2)
    assert time.monotonic() - before >= 0.2


def test_signal_handler_wakes_whoever_sleeps():
    alarm = WakeEvent()
    before = signal.signal(signal.SIGALRM, lambda *_: alarm.ring())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        alarm.sleep(NEVER)
    finally:
        signal.signal(signal.SIGALRM, before)
