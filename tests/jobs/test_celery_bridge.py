"""Celery between the outbox and its workers: the broker may lose, repeat and delay, and every job is done."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from masthead import clock, jobs
from masthead.db import db
from masthead.jobs import celery_bridge, registry
from masthead.jobs.models import Job, JobState
from masthead.jobs.runner import Runner

pytestmark = pytest.mark.timeout(600)
#: A busy machine takes its time to start Python, and Celery its own to come back to a broker.
SECONDS = 180


def await_that(is_so, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


def states(app):
    with app.app_context():
        return [job.state for job in db.session.scalars(select(Job).where(Job.name == "jobs.forget_old"))]


def queue(app, count=1):
    """Jobs that anybody can run: a real task that does nothing here."""
    task = registry.find("jobs.forget_old")
    with app.app_context():
        for _ in range(count):
            jobs.enqueue(task)
        db.session.commit()


@pytest.fixture
def site(make_app, own_valkey):
    return make_app(CELERY_BROKER_URL=own_valkey.url)


@pytest.fixture
def start(database, own_valkey, start_process):
    """Start `masthead worker` or `masthead beat` on the site of this test."""
    return lambda command: start_process(command, DATABASE_URL=database.url, CELERY_BROKER_URL=own_valkey.url)


def test_worker_and_beat_do_what_waits(site, start):
    start("worker"), start("beat")
    queue(site, 5)
    await_that(lambda: states(site) and set(states(site)) == {JobState.DONE})
    # What the clock asks for is queued by the beat, once.
    with site.app_context():
        names = db.session.scalars(select(Job.name)).all()
    assert names.count("audit.forget_old") == 1


@pytest.mark.databases("sqlite")
def test_jobs_wait_while_the_broker_is_down_and_run_later(site, start, own_valkey):
    start("worker"), start("beat")
    queue(site)
    await_that(lambda: JobState.DONE in states(site))
    own_valkey.stop()
    queue(site, 3)
    own_valkey.start()
    await_that(lambda: set(states(site)) == {JobState.DONE})
    # The beat may have queued what was due by the clock.
    assert states(site).count(JobState.DONE) >= 4


@pytest.mark.databases("sqlite")
def test_whoever_commits_does_not_wait_for_the_broker(site, monkeypatch):
    sent, answers = [], threading.Event()

    def send(_messenger, job_id):
        assert answers.wait(SECONDS)
        sent.append(job_id)
        return True

    monkeypatch.setattr(celery_bridge.JobSender, "_send", send)
    queue(site, 3)
    assert sent == []
    answers.set()
    await_that(lambda: len(sent) == 3)


@pytest.mark.databases("sqlite")
def test_killed_worker_loses_nothing(site, start):
    worker = start("worker")
    queue(site, 200)
    await_that(lambda: JobState.DONE in states(site))
    worker.kill()
    # As if its last leases had ended; that takes a minute.
    with site.app_context():
        past = {"lease_until": clock.now() - timedelta(seconds=1)}
        db.session.execute(update(Job).where(Job.state == JobState.RUNNING).values(**past))
        db.session.commit()
    start("worker"), start("beat")
    await_that(lambda: set(states(site)) == {JobState.DONE})
    assert states(site).count(JobState.DONE) >= 200


def test_job_that_the_broker_has_forgotten_is_run_after_a_while(app, monkeypatch):
    queue(app, 2)
    assert Runner(app).run_forgotten(celery_bridge.PATIENCE) == 0, "somebody may be on the way to it"
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + celery_bridge.PATIENCE + timedelta(seconds=1))
    assert Runner(app).run_forgotten(celery_bridge.PATIENCE) == 2
    assert set(states(app)) == {JobState.DONE}


def test_number_of_a_job_that_somebody_has_is_ignored(app):
    queue(app)
    with app.app_context():
        (job_id,) = db.session.scalars(select(Job.id))
    assert Runner(app).run_one(job_id)
    assert not Runner(app).run_one(job_id)


def test_job_for_later_is_not_run_early(app):
    with app.app_context():
        job_id = jobs.enqueue(registry.find("jobs.forget_old"), run_at=clock.now() + timedelta(hours=1))
        db.session.commit()
    assert not Runner(app).run_one(job_id)


@pytest.mark.databases("sqlite")
def test_commit_sends_the_number_and_a_rollback_does_not(make_app, valkey_url, monkeypatch):
    told = []
    site = make_app(CELERY_BROKER_URL=valkey_url)
    monkeypatch.setattr(site.extensions[celery_bridge.EXTENSION], "tell", told.append)
    with site.app_context():
        jobs.enqueue(registry.find("jobs.forget_old"))
        db.session.rollback()
        job_id = jobs.enqueue(registry.find("jobs.forget_old"))
        db.session.commit()
        db.session.commit()
    assert told == [[job_id]]


@pytest.mark.databases("sqlite")
def test_beat_sends_a_number_again_only_after_a_while(site, own_valkey):
    beat = celery_bridge.Beat(site)
    queue(site)
    with site.app_context():
        assert (beat.send_due(), beat.send_due()) == (1, 0)
        beat._sent = {job_id: at - celery_bridge.RESEND_SECONDS for job_id, at in beat._sent.items()}
        assert beat.send_due() == 1
        own_valkey.stop()
        beat._sent.clear()
        # It was not sent, so it is tried again the next time.
        assert (beat.send_due(), beat.send_due()) == (1, 1)


def lease_of(app, job_id):
    with app.app_context():
        return db.session.scalar(select(Job.lease_until).where(Job.id == job_id))


@pytest.mark.databases("sqlite")
def test_leases_are_kept_while_a_job_is_long(app, monkeypatch):
    # How often they are prolonged; they last a minute, so that a busy machine lets none end.
    monkeypatch.setattr("masthead.jobs.runner.LEASE", timedelta(seconds=0.3))
    queue(app)
    runner, done = Runner(app), threading.Event()
    task = registry.find("jobs.forget_old")

    def wait() -> None:
        done.wait(SECONDS)

    monkeypatch.setitem(registry._tasks, task.name, registry.Task(task.name, wait))
    runner.keep_leases()
    with app.app_context():
        (job_id,) = db.session.scalars(select(Job.id))
    thread = threading.Thread(target=runner.run_one, args=(job_id,))
    thread.start()
    await_that(lambda: lease_of(app, job_id))
    first = lease_of(app, job_id)
    await_that(lambda: lease_of(app, job_id) > first)
    assert not Runner(app).run_one(job_id), "it is still the first runner's"
    done.set()
    thread.join()
    runner.stop()
    assert states(app) == [JobState.DONE]


def test_worker_without_a_broker_says_what_to_set(masthead):
    for command in ("worker", "beat"):
        result = masthead(command)
        assert result.returncode == 1
        assert "Set CELERY_BROKER_URL" in result.stderr
