import urllib.request

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from masthead import clock
from masthead.db import db
from masthead.posts import view_counter
from masthead.posts.models import DailyViews, Post
from tests.factories import DraftFactory, PostFactory

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"}
ROBOTS = (
    "",
    "curl/8.5.0",
    "python-requests/2.32",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "facebookexternalhit/1.1",
)


@pytest.fixture(autouse=True)
def _nothing_counted_yet(app):
    """The counter lives as long as the process; what other tests have read is not ours."""
    app.extensions["masthead.views"].take()


@pytest.fixture
def stored(app):
    """Flush, and read a post's views: the total, and by day."""

    def read(post):
        view_counter.flush(app)
        with app.app_context():
            total = db.session.scalar(select(Post.views).where(Post.id == post.id))
            days = db.session.execute(
                select(DailyViews.day, DailyViews.views).where(DailyViews.post_id == post.id)
            )
            return total, {row.day: row.views for row in days}

    return read


def test_readings_are_counted_and_written_later(client, cast, stored, app):
    post = PostFactory(author=cast.walt)
    for _ in range(3):
        assert client.get(f"/blog/post/{post.slug}", headers=FIREFOX).status_code == 200
    with app.app_context():
        assert db.session.scalar(select(Post.views)) == 0
    assert stored(post) == (3, {clock.now().date(): 3})
    client.get(f"/blog/post/{post.slug}", headers=FIREFOX)
    assert stored(post) == (4, {clock.now().date(): 4})


def test_a_reading_sets_no_cookie_and_writes_nothing(client, cast, queries):
    post = PostFactory(author=cast.walt)
    with queries.recorded() as recording:
        response = client.get(f"/blog/post/{post.slug}", headers=FIREFOX)
    assert "Set-Cookie" not in response.headers
    assert not [statement for statement in recording.statements if not statement.startswith("SELECT")]


@pytest.mark.parametrize("user_agent", ROBOTS)
def test_robots_are_left_out(client, cast, stored, user_agent):
    post = PostFactory(author=cast.walt)
    client.get(f"/blog/post/{post.slug}", headers={"User-Agent": user_agent})
    assert stored(post) == (0, {})


def test_heads_and_looks_ahead_are_left_out(client, cast, stored):
    post = PostFactory(author=cast.walt)
    client.head(f"/blog/post/{post.slug}", headers=FIREFOX)
    client.get(f"/blog/post/{post.slug}", headers=FIREFOX | {"Sec-Purpose": "prefetch;prerender"})
    assert stored(post) == (0, {})


def test_those_who_may_edit_the_post_are_left_out(sign_in, cast, stored):
    post = PostFactory(author=cast.walt)
    for reader, total in ((cast.walt, 0), (cast.edith, 0), (cast.rhea, 1), (cast.colin, 2)):
        sign_in(reader).get(f"/blog/post/{post.slug}", headers=FIREFOX)
        assert stored(post)[0] == total


def test_what_is_not_published_is_not_counted(sign_in, cast, stored):
    draft = DraftFactory(author=cast.walt)
    sign_in(cast.edith).get(f"/blog/post/{draft.slug}", headers=FIREFOX)
    assert stored(draft) == (0, {})


def test_counting_is_no_change_of_the_post(client, cast, stored, app):
    post = PostFactory(author=cast.walt)
    client.get(f"/blog/post/{post.slug}", headers=FIREFOX)
    stored(post)
    with app.app_context():
        row = db.session.execute(select(Post.version, Post.updated_at)).one()
    assert tuple(row) == (post.version, post.updated_at)


def test_many_posts_are_written_in_few_statements(app, cast, queries):
    made = PostFactory.create_batch(30, author=cast.walt)
    with app.app_context():
        for post in made:
            view_counter.count(app, post.id)
    # Which posts exist, which are free, the totals, the days.
    with queries.exactly(4):
        view_counter.flush(app)
    with queries.exactly(0):
        view_counter.flush(app)


def test_no_reading_is_lost_or_doubled_by_threads_and_flushes(app, cast, in_parallel, stored):
    one, other = PostFactory.create_batch(2, author=cast.walt)

    def read():
        for _ in range(50):
            view_counter.count(app, one.id)
            view_counter.count(app, other.id)

    assert not in_parallel(*[read] * 4, *[lambda: view_counter.flush(app)] * 4)
    assert (stored(one)[0], stored(other)[0]) == (200, 200)


def test_several_processes_add_up(app, make_app, cast, in_parallel, stored):
    post = PostFactory(author=cast.walt)
    others = [make_app() for _ in range(3)]
    for other in others:
        for _ in range(10):
            view_counter.count(other, post.id)
    assert not in_parallel(*(lambda other=other: view_counter.flush(other) for other in others))
    # One that met another's lock has kept its counts for the next time.
    for other in others:
        view_counter.flush(other)
    assert stored(post)[0] == 30


def test_a_deleted_post_is_forgotten(app, cast, stored):
    post = PostFactory(author=cast.walt)
    view_counter.count(app, post.id)
    with app.app_context():
        db.session.delete(db.session.get(Post, post.id))
        db.session.commit()
    assert stored(post) == (None, {})
    assert not app.extensions["masthead.views"].take()


@pytest.mark.databases("postgresql")
def test_a_flush_does_not_wait_for_somebody_who_changes_the_post(app, cast, stored):
    busy, free = PostFactory.create_batch(2, author=cast.walt)
    view_counter.count(app, busy.id)
    view_counter.count(app, free.id)
    with app.app_context(), Session(db.engine) as writer:
        writer.execute(select(Post.id).where(Post.id == busy.id).with_for_update())
        assert stored(free)[0] == 1
        assert stored(busy)[0] == 0
    assert stored(busy)[0] == 1


def test_what_cannot_be_written_is_kept_for_the_next_time(app, cast, stored, monkeypatch):
    post = PostFactory(author=cast.walt)
    view_counter.count(app, post.id)
    with app.app_context():
        db.session.connection().exec_driver_sql("ALTER TABLE daily_views RENAME TO elsewhere")
        db.session.commit()
        view_counter.flush(app)
        db.session.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO daily_views")
        db.session.commit()
    assert stored(post)[0] == 1


def test_a_stopped_server_writes_what_it_counted(make_live_site, app):
    site = make_live_site(VIEWS_FLUSH_SECONDS=3600)
    site.start()
    post = PostFactory()
    for _ in range(2):
        request = urllib.request.Request(f"{site.url}/blog/post/{post.slug}", headers=FIREFOX)
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 200
    assert site.terminate() == 0
    with app.app_context():
        assert db.session.scalar(select(Post.views).where(Post.id == post.id)) == 2
