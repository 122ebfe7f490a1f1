from datetime import timedelta

import pytest
from sqlalchemy import func, select

from masthead import clock
from masthead.db import db
from masthead.jobs import schedule
from masthead.jobs.models import Job
from masthead.jobs.runner import Runner
from masthead.people import queries as people
from masthead.posts import actions, queries, tasks
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, Revision
from tests.factories import CommentFactory, DraftFactory, PostFactory


@pytest.fixture
def post_office(make_app, tmp_path):
    app = make_app(MAIL_URL=f"file://{tmp_path}/letters")
    return app, lambda: [path.read_text() for path in sorted((tmp_path / "letters").glob("*.eml"))]


@pytest.fixture
def later(monkeypatch):
    real = clock.now
    return lambda **by: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(**by))


def schedule_post(app, post, by, **ahead):
    with app.app_context():
        when = clock.now() + timedelta(**ahead)
        actions.schedule(queries.get(post.id), by=people.get(by.id), at=clock.now(), when=when)
        db.session.commit()


def test_author_and_editor_are_told_when_a_scheduled_post_is_public(post_office, cast, later):
    app, letters = post_office
    schedule_post(app, DraftFactory(author=cast.walt, title="Harvest"), cast.edith, hours=2)
    assert Runner(app).run_due() == 0
    later(hours=2, seconds=1)
    Runner(app).run_due()
    assert sorted(text.split("\nTo: ")[1].split("\n")[0] for text in letters()) == [
        "edith@example.org",
        "walt@example.org",
    ]
    assert "http://localhost/blog/post/harvest" in letters()[0]


def test_nobody_is_told_of_a_moment_that_was_given_up(post_office, cast, later):
    app, letters = post_office
    post = DraftFactory(author=cast.walt)
    schedule_post(app, post, cast.walt, hours=2)
    schedule_post(app, post, cast.walt, hours=4)
    later(hours=3)
    Runner(app).run_due()
    assert letters() == []
    later(hours=5)
    Runner(app).run_due()
    assert len(letters()) == 1


def test_letter_is_written_once_for_a_moment_that_was_set_twice(post_office, cast):
    app, _ = post_office
    post = DraftFactory(author=cast.walt)
    with app.app_context():
        when = clock.now() + timedelta(hours=2)
        for _ in range(2):
            actions.schedule(queries.get(post.id), by=people.get(cast.walt.id), at=clock.now(), when=when)
            db.session.commit()
        assert db.session.scalar(select(func.count(Job.id))) == 1


def test_trash_is_emptied_after_thirty_days(app, cast, client):
    month_old, week_old = clock.now() - timedelta(days=31), clock.now() - timedelta(days=7)
    gone = PostFactory(author=cast.walt, status=Status.TRASHED, trashed_at=month_old)
    CommentFactory(post=gone)
    kept = PostFactory(author=cast.walt, status=Status.TRASHED, trashed_at=week_old)
    public = PostFactory(author=cast.walt)
    assert client.get("/blog/").status_code == 200
    with app.app_context():
        tasks.purge_trash()
        assert set(db.session.scalars(select(Post.id))) == {kept.id, public.id}
        assert db.session.scalar(select(func.count(Revision.id)).where(Revision.post_id == gone.id)) == 0
    assert client.get(f"/blog/post/{gone.slug}").status_code == 404
    assert client.get("/blog/").status_code == 200


def test_what_the_schedule_has_to_do_is_scheduled(app):
    with app.app_context():
        schedule.tick({})
        names = set(db.session.scalars(select(Job.name)))
    assert names >= {
        "posts.purge_trash",
        "jobs.forget_old",
        "audit.forget_old",
        "accounts.forget_ended",
        "accounts.carry_out_closures",
        "pagecache.forget_old",
        "limits.forget_old",
    }
