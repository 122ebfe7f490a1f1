"""/admin/jobs: what an operator sees of the outbox, and does with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.jobs.models import Job, JobState
from tests.support.browsers import assert_accessible
from tests.support.browsers import sign_in as sign_in_by_browser

NOW = clock.now


def job(app, state, *, name="letters.send", error="", run_at=None):
    with app.app_context():
        finished = None if state in (JobState.QUEUED, JobState.RUNNING) else NOW()
        row = Job(
            name=name,
            args=[7],
            state=state,
            created_at=NOW(),
            run_at=run_at or NOW(),
            attempts=1,
            finished_at=finished,
            lease_until=NOW() + timedelta(minutes=1) if state is JobState.RUNNING else None,
            last_error=error,
        )
        db.session.add(row)
        db.session.commit()
        return row.id


def state_of(app, job_id):
    with app.app_context():
        return db.session.scalar(select(Job.state).where(Job.id == job_id))


def rows(page):
    return page.texts("//tbody/tr/td[@data-label='Job']")


def test_jobs_are_listed_by_state_and_task(app, cast, sign_in):
    waiting, failed = (
        job(app, JobState.QUEUED),
        job(app, JobState.DEAD, error="OSError: the printer is on fire"),
    )
    other = job(app, JobState.DEAD, name="pages.fold")
    ada = sign_in(cast.ada)
    assert rows(ada.read("/admin/jobs")) == [str(other), str(failed), str(waiting)]
    page = ada.read("/admin/jobs?state=dead&task=letters.send")
    assert rows(page) == [str(failed)]
    assert "the printer is on fire" in page.text("//tbody/tr")
    assert [text.split() for text in page.texts("//nav[@aria-label='Show jobs']//a")] == [
        ["All"],
        ["Queued", "1"],
        ["Running", "0"],
        ["Failed", "2"],
        ["Done", "0"],
        ["Cancelled", "0"],
    ]


def test_failed_job_is_retried_and_the_deed_recorded(app, cast, sign_in):
    failed = job(app, JobState.DEAD)
    ada = sign_in(cast.ada)
    button = {"csrf_token": ada.read("/admin/jobs").all("//input[@name='csrf_token']/@value")[0]}
    response = ada.post(f"/admin/jobs/{failed}/retry?state=dead", data=button)
    assert (response.status_code, response.location) == (303, "/admin/jobs?state=dead")
    assert state_of(app, failed) == JobState.QUEUED
    assert "Retried a background task" in ada.read("/admin/audit").texts("//tbody/tr/td[3]")


def test_waiting_job_is_cancelled_and_a_running_one_is_not(app, cast, sign_in):
    waiting, running = job(app, JobState.QUEUED), job(app, JobState.RUNNING)
    ada = sign_in(cast.ada)
    button = {"csrf_token": ada.read("/admin/jobs").all("//input[@name='csrf_token']/@value")[0]}
    assert ada.post(f"/admin/jobs/{waiting}/cancel", data=button).status_code == 303
    assert ada.post(f"/admin/jobs/{running}/cancel", data=button).status_code == 409
    assert ada.post("/admin/jobs/99999/cancel", data=button).status_code == 404
    assert (state_of(app, waiting), state_of(app, running)) == (JobState.CANCELLED, JobState.RUNNING)


def test_unknown_list_is_not_found(cast, sign_in):
    assert sign_in(cast.ada).get("/admin/jobs?state=lost").status_code == 404


@pytest.mark.parametrize("jobs", [3, 30])
def test_list_asks_the_same_questions_for_any_number_of_jobs(app, cast, sign_in, queries, jobs):
    for _ in range(jobs):
        job(app, JobState.DONE)
    ada = sign_in(cast.ada)
    # The login; the settings; count and rows; tasks; states.
    with queries.at_most(6):
        ada.get("/admin/jobs")


def test_page_is_accessible_and_its_buttons_work(page, app, cast):
    failed = job(app, JobState.DEAD, error="ConnectionRefusedError: [Errno 111] Connection refused " * 4)
    job(app, JobState.QUEUED, run_at=NOW() + timedelta(hours=2))
    sign_in_by_browser(page, cast.ada)
    page.goto("/admin/jobs")
    assert_accessible(page)
    page.get_by_role("button", name=f"Retry job {failed}").click()
    page.get_by_text(f"Job {failed} queued.").wait_for()
    # The runner of the server may have taken it already.
    assert state_of(app, failed) != JobState.DEAD
