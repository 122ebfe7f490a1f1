"""A clock that leaps ends no periodic work for good, and nothing is deleted by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from masthead import clock, jobs
from masthead.db import db
from masthead.jobs import clock_guard, schedule
from masthead.jobs.models import ClockMark, Job, JobState, Tick
from masthead.jobs.runner import Runner
from masthead.posts.models import Post, Status
from masthead.posts.tasks import purge_trash
from tests.factories import PostFactory

LEAP = timedelta(days=400)


@pytest.fixture
def shift(monkeypatch):
    """Set the clock of this process: so far from the right time."""
    real = clock.now
    return lambda by: monkeypatch.setattr(clock, "now", lambda: real() + by)


def work(app):
    """One round of a process that has just started."""
    with app.app_context():
        schedule.tick({})
    Runner(app).run_due()


def queued_since(app, last_id):
    with app.app_context():
        return set(db.session.scalars(select(Job.name).where(Job.id > last_id)))


def last_job(app):
    with app.app_context():
        return db.session.scalar(select(Job.id).order_by(Job.id.desc()).limit(1)) or 0


@pytest.mark.parametrize("leap", [LEAP, -LEAP, timedelta(days=2), timedelta(days=20_000)])
def test_periodic_work_goes_on_after_a_leap(app, shift, leap):
    work(app)
    shift(leap)
    work(app)
    shift(timedelta(0))
    work(app)
    before = last_job(app)
    for hours in range(1, 27):
        shift(timedelta(hours=hours))
        work(app)
    assert queued_since(app, before) >= {
        "database.refresh_statistics",
        "jobs.forget_old",
        "posts.purge_trash",
        "accounts.forget_ended",
    }
    with app.app_context():
        assert db.session.scalar(select(Job.id).where(Job.state == JobState.QUEUED)) is None


def test_trash_and_logins_outlast_a_leap(app, cast, client, sign_in, shift):
    sign_in(client, cast.walt)
    kept = PostFactory(author=cast.walt, status=Status.TRASHED, trashed_at=clock.now())
    work(app)
    for leap in (LEAP, -LEAP):
        shift(leap)
        work(app)
        client.get("/")
        client.get("/blog/")
        shift(timedelta(0))
        work(app)
    with app.app_context():
        assert db.session.scalars(select(Post.id).where(Post.id == kept.id)).one()
    assert client.get("/dashboard").status_code == 200


def test_a_job_that_was_queued_before_the_leap_deletes_nothing_during_it(app, cast, shift):
    kept = PostFactory(author=cast.walt, status=Status.TRASHED, trashed_at=clock.now())
    work(app)
    with app.app_context():
        job_id = jobs.enqueue(purge_trash)
        db.session.commit()
    shift(LEAP)
    Runner(app).run_due()
    with app.app_context():
        assert db.session.get(Post, kept.id) is not None
        job = db.session.get(Job, job_id)
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
        assert "without a leap" in job.last_error
    shift(timedelta(0))
    work(app)
    shift(clock_guard.STEADY_AFTER + timedelta(minutes=1))
    work(app)
    with app.app_context():
        assert db.session.get(Job, job_id).state == JobState.DONE


def test_what_is_old_goes_once_the_clock_has_been_steady_for_a_while(app, cast, shift):
    work(app)
    shift(LEAP)
    gone = PostFactory(author=cast.walt, status=Status.TRASHED, trashed_at=clock.now() - timedelta(days=31))
    # The site was stopped for more than a year, and the time is right.
    work(app)
    with app.app_context():
        assert db.session.get(Post, gone.id) is not None
    shift(LEAP + clock_guard.STEADY_AFTER + timedelta(minutes=1))
    work(app)
    with app.app_context():
        assert db.session.get(Post, gone.id) is None


def test_jobs_and_leases_of_a_leap_do_not_wait_for_its_time(app, cast, shift):
    work(app)

    shift(LEAP)
    work(app)
    with app.app_context():
        waiting = jobs.enqueue(purge_trash)
        held = jobs.enqueue(purge_trash)
        db.session.execute(
            update(Job)
            .where(Job.id == held)
            .values(
                state=JobState.RUNNING, lease_owner="dead", lease_until=clock.now() + timedelta(minutes=1)
            )
        )
        db.session.commit()
        planned = jobs.enqueue(purge_trash, run_at=clock.now() + timedelta(days=900), unique_key="planned")
        db.session.commit()
    shift(timedelta(0))
    work(app)
    with app.app_context():
        assert db.session.get(Job, waiting).run_at < clock.now() + timedelta(hours=1)
        assert db.session.get(Job, held).lease_until < clock.now() + timedelta(minutes=5)
        assert db.session.get(Job, planned).run_at > clock.now() + LEAP


def test_the_last_reading_outlives_a_restart_and_is_stored_seldom(app, shift, queries):
    with app.app_context():
        assert clock_guard.is_steady()
        stored = db.session.scalars(select(ClockMark.seen_at)).one()
        db.session.rollback()
        with queries.exactly(1):
            assert clock_guard.is_steady()
        shift(clock_guard.NOTED_EVERY)
        assert clock_guard.is_steady()
        assert db.session.scalars(select(ClockMark.seen_at)).one() > stored


def test_a_reading_from_before_a_leap_does_not_end_the_waiting(app, shift):
    with app.app_context():
        assert clock_guard.is_steady()
        before = clock_guard.last_reading()
        shift(LEAP)
        assert not clock_guard.is_steady()
        # Another runner had read the mark before the leap was stored.
        clock_guard._move_on(before, before.seen_at + clock_guard.NOTED_EVERY)
        assert clock_guard.last_reading().steady_since > before.seen_at + timedelta(days=1)


def test_ticks_of_clocks_that_differ_a_little_do_not_alternate(app, shift):
    with app.app_context():
        period = jobs.registry.periods()["pagecache.forget_old"]
        slot = int(clock.now().timestamp()) // int(period.total_seconds())
        schedule.tick({})
        db.session.execute(update(Tick).values(slot=Tick.slot + 1))
        db.session.commit()
        schedule.tick({})
        name = Tick.name == "pagecache.forget_old"
        assert db.session.scalar(select(Tick.slot).where(name)) == slot + 1
