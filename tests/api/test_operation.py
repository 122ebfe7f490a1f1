"""Jobs, statistics and the page cache, for programs and in the shell."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from masthead import clock, jobs
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs.models import Job
from masthead.pages.tasks import purge_trash
from masthead.posts.models import DailyViews
from tests.factories import CommentFactory, PostFactory
from tests.factories.storing import storing
from tests.support.pages import how


@pytest.fixture
def ada(as_, cast):
    return as_(cast.ada)


def queue(**values):
    with storing():
        job_id = jobs.enqueue(purge_trash, run_at=clock.now() + timedelta(hours=1))
        db.session.execute(update(Job).where(Job.id == job_id).values(**values or {"attempts": 0}))
    return job_id


def test_jobs_are_listed_read_retried_and_cancelled(ada, app):
    dead = queue(state="dead", attempts=12, last_error="Nobody answered.")
    waiting = queue()
    listed = ada("GET", "/jobs?state=dead&task=pages.purge_trash").json
    assert [job["id"] for job in listed["jobs"]] == [dead]
    assert listed["jobs"][0]["last_error"] == "Nobody answered."
    assert ada("GET", "/jobs?state=lost").status_code == 422
    key = {"Idempotency-Key": "again"}
    answers = [ada("POST", f"/jobs/{dead}/retry", headers=key) for _ in range(2)]
    assert [(answer.status_code, answer.json["state"]) for answer in answers] == [(200, "queued")] * 2
    assert answers[0].json["attempts"] == 0
    assert ada("POST", f"/jobs/{waiting}/retry").status_code == 409
    assert ada("POST", f"/jobs/{waiting}/cancel").json["state"] == "cancelled"
    assert ada("GET", f"/jobs/{waiting}").json["state"] == "cancelled"
    assert ada("GET", "/jobs/987654").status_code == 404
    assert ada("POST", "/jobs/987654/cancel").status_code == 404
    with app.app_context():
        deeds = set(db.session.scalars(select(AuditEvent.action)))
    assert {"job.retried", "job.cancelled"} <= deeds


def test_statistics_count_each_day(as_, cast):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post, created_at=clock.now())
    today = clock.now().date()
    with storing():
        for ago, views in ((0, 5), (6, 2), (8, 100)):
            row = {"post_id": post.id, "day": today - timedelta(days=ago), "views": views}
            db.session.execute(insert(DailyViews).values(**row))
    edith = as_(cast.edith)
    week = edith("GET", "/statistics?days=7").json
    assert (week["total_views"], week["total_comments"], len(week["views"])) == (7, 1, 7)
    assert week["views"][-1] == {"day": today.isoformat(), "count": 5}
    assert week["most_read"][0]["slug"] == post.slug
    assert edith("GET", "/statistics").json["total_views"] == 107
    assert edith("GET", "/statistics?days=8").status_code == 422


def test_the_cache_is_cleared_by_a_program_and_in_the_shell(ada, client, invoke):
    PostFactory()
    for clear in (lambda: ada("DELETE", "/cache").status_code, lambda: invoke("cache", "clear").returncode):
        client.get("/")
        assert how(client.get("/")).startswith("hit")
        assert clear() in {0, 204}
        assert not how(client.get("/")).startswith("hit")
    state = ada("GET", "/cache").json
    assert state["is_on"] is True
    assert sum(process["hits"] for process in state["processes"]) >= 2


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/jobs", {"ada"}),
        ("GET", "/jobs/1", {"ada"}),
        ("POST", "/jobs/1/retry", {"ada"}),
        ("POST", "/jobs/1/cancel", {"ada"}),
        ("GET", "/statistics", {"ada", "edith"}),
        ("GET", "/cache", {"ada"}),
        ("DELETE", "/cache", {"ada"}),
    ],
)
def test_each_is_for_those_with_the_right(call, as_, cast, method, path, allowed):
    assert call(method, path).status_code == 401
    for name in ("walt", "mona", "edith", "ada"):
        refused = as_(getattr(cast, name))(method, path).status_code == 403
        assert refused is (name not in allowed), name
