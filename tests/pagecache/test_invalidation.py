"""What a change drops, and what it leaves."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.pagecache.middleware import StalePage
from masthead.people import actions as accounts
from masthead.people.models import User
from masthead.posts import actions as posts
from masthead.posts import queries
from masthead.posts.models import Post
from masthead.settings import actions as settings
from tests.factories import CommentFactory, PostFactory
from tests.support.discussions import address, send
from tests.support.pages import how


def test_a_post_appears_and_is_found_when_its_time_comes(ready, monkeypatch):
    now = clock.now()
    PostFactory(slug="soon", title="Soon", published_at=now + timedelta(hours=1))
    assert ready.get("/blog/post/soon").status_code == 404
    assert how(ready.get("/blog/post/soon")) == "hit"
    assert "Soon" not in ready.get("/").text
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1, seconds=1))
    assert ready.get("/blog/post/soon").status_code == 200
    assert "Soon" in ready.get("/").text


def test_one_comment_drops_fewer_than_ten_pages(ready, cast, sign_in, cache, app):
    stories = PostFactory.create_batch(20, author=cast.walt, tags=["Nature"])
    CommentFactory(post=stories[0])
    walt = sign_in(cast.walt)
    for story in stories:
        for path in ("", "/feed.xml", "/rss.xml", "/feed.json"):
            ready.get(f"{address(story)}{path}")
    for path in (
        "/",
        "/blog/",
        "/blog/tag/nature",
        "/blog/author/walt",
        "/feed.xml",
        "/sitemap.xml",
        "/nowhere",
    ):
        ready.get(path)
    before = len(cache.store)
    assert before > 80
    assert send(walt, stories[0], body="A new one").status_code == 303
    assert "A new one" in ready.get(address(stories[0])).text
    assert before - 10 < len(cache.store) < before


def test_the_new_title_of_a_post_shows_on_the_pages_that_lead_to_it(app, ready, cast, sign_in):
    changed = PostFactory(author=cast.walt, title="Before", slug="changed", tags=["Nature"])
    other = PostFactory(author=cast.walt, tags=["Nature"])
    colin = sign_in(cast.colin)
    for reader in (ready, colin):
        assert "Before" in reader.read(address(other)).text("//*[@class='onward-reading']")
    with app.app_context():
        rendered = render_text(title="After", body="The same.", slug="changed", tags=("Nature",))
        posts.revise(queries.get(changed.id), rendered, by=db.session.merge(cast.walt), at=clock.now())
        db.session.commit()
    for reader in (ready, colin):
        assert "After" in reader.read(address(other)).text("//*[@class='onward-reading']")


def test_a_draft_and_its_changes_drop_nothing(ready, cast, sign_in, cache):
    PostFactory(tags=["Nature"])
    walt = sign_in(cast.walt)
    ready.get("/")
    ready.get("/nowhere")
    walt.fill_in("/blog/create", title="Draft", body="One", tags="Nature", button="save")
    assert [how(ready.get(path)) for path in ("/", "/nowhere")] == ["hit", "hit"]


def test_a_page_that_changes_while_it_is_made_is_not_kept(ready, cache, app):
    application = cache._app
    once = iter([True])

    def change_meanwhile(environ, start_response):
        body = [*application(environ, start_response)]
        if next(once, False):
            with app.app_context():
                settings.change(title="The Other")
                db.session.commit()
            cache.watch.catch_up()
        return body

    cache._app = change_meanwhile
    try:
        assert "The Other" not in ready.get("/").text
        assert "The Other" in ready.get("/").text
    finally:
        cache._app = application
    assert cache.counters.now().refused >= 1


def test_many_readers_of_one_page_have_it_made_once(ready, cache, new_client, in_parallel):
    cache.verifies = False
    application, made = cache._app, []

    def slow(environ, start_response):
        made.append(environ["PATH_INFO"])
        threading.Event().wait(0.2)
        return application(environ, start_response)

    cache._app = slow
    try:
        assert in_parallel(lambda: new_client().get("/blog/archive/"), times=6) == []
    finally:
        cache._app, cache.verifies = application, True
    assert made == ["/blog/archive/"]


def test_every_reading_of_a_kept_page_is_counted(ready, app, cache):
    post = PostFactory()
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    # What the tests before this one have read.
    app.extensions["masthead.views"].take()
    for _ in range(3):
        ready.get(address(post), headers=browser)
    ready.get(address(post), headers={"User-Agent": "Googlebot/2.1"})
    assert sum(app.extensions["masthead.views"].take().values()) == 3


def test_a_forgotten_topic_would_be_found_by_the_tests(ready, app, cache):
    post = PostFactory(title="Before")
    ready.get(address(post))
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Post).where(Post.id == post.id).values(title="After"))
    with pytest.raises(StalePage, match="out of date"):
        ready.get(address(post))
    cache.clear()


def test_statement_without_a_rule_for_statements_changes_everything(ready, app, cast):
    ready.get("/robots.txt")
    with app.app_context():
        db.session.execute(update(User).where(User.id == cast.walt.id).values(name="Somebody Else"))
        db.session.commit()
    assert how(ready.get("/robots.txt")) == "miss"


def test_what_is_rolled_back_drops_nothing(ready, app):
    ready.get("/")
    with app.app_context():
        settings.change(title="Never")
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    assert how(ready.get("/")) == "hit"


def test_a_change_in_a_savepoint_that_is_undone_does_not_hide_the_rest(ready, app, cast):
    PostFactory(author=cast.walt)
    ready.get("/")
    with app.app_context():
        settings.change(title="The Rest")
        nested = db.session.begin_nested()
        user = db.session.get(type(cast.walt), cast.walt.id)
        accounts.update_profile(user, name="Nobody", bio="", website="", by=user)
        nested.rollback()
        db.session.commit()
    assert "The Rest" in ready.get("/").text
