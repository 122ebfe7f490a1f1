"""What is remembered inside pages that are not kept: never older than the last committed write either."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from masthead import clock
from masthead.db import db
from masthead.posts import actions as posts
from masthead.posts.models import Post
from tests.factories import PostFactory

COUNTING = "SELECT (SELECT count"


@pytest.fixture
def unverified(ready, cache, monkeypatch):
    """The cache as it is outside of tests, where nothing is made twice."""
    monkeypatch.setattr(cache, "verifies", False)
    return ready


@pytest.fixture
def counts(app, unverified):
    """How often posts are counted while a signed-in reader opens the list."""

    def counted():
        said = []

        def note(_connection, _cursor, statement, *_rest):
            if statement.startswith(COUNTING):
                said.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert unverified.get("/blog/", headers={"Cookie": "session=somebody"}).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(said)

    return counted


def shown(reader):
    """The pages that the list of posts offers to somebody whose pages are not kept."""
    return reader.get("/blog/?page=2", headers={"Cookie": "session=somebody"}).status_code


def test_posts_are_counted_once_for_all_readers(counts):
    PostFactory.create_batch(3)
    assert [counts() for _ in range(3)] == [1, 0, 0]


def test_a_change_is_counted_at_the_next_reading(counts, app, cast):
    post = PostFactory(author=cast.walt)
    assert [counts(), counts()] == [1, 0]
    with app.app_context():
        posts.unpublish(db.session.get(Post, post.id), by=cast.ada, at=clock.now())
        db.session.commit()
    assert [counts(), counts()] == [1, 0]


def test_a_post_whose_time_comes_is_counted(unverified, monkeypatch):
    now = clock.now()
    PostFactory.create_batch(20)
    PostFactory(published_at=now + timedelta(hours=1))
    assert [shown(unverified), shown(unverified)] == [404, 404]
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1, seconds=1))
    assert shown(unverified) == 200


def test_without_the_page_cache_nothing_is_remembered(make_app, new_client, tmp_path):
    plain = make_app(PAGE_CACHE=False)
    reader = new_client(plain)
    PostFactory()
    assert reader.get("/blog/").status_code == 200
    PostFactory.create_batch(20)
    assert reader.get("/blog/?page=2").status_code == 200


def test_what_a_transaction_changes_itself_is_asked_anew(app, cast):
    from masthead.posts.lists import counts

    post = PostFactory(author=cast.walt)
    with app.test_request_context("/", method="POST"):
        assert counts.published() == 1
        posts.unpublish(db.session.get(Post, post.id), by=cast.ada, at=clock.now())
        assert counts.published() == 0
        db.session.rollback()
        assert counts.published() == 1
