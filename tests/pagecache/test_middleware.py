import gzip
import json
import threading
from datetime import timedelta

import brotli
import pytest
from backports import zstd
from sqlalchemy import update

from masthead import clock
from masthead.accounts import actions as accounts
from masthead.db import db
from masthead.pagecache.middleware import StalePage
from masthead.posts.models import Post
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.settings import actions as settings
from masthead.web import access_log
from tests.factories import CommentFactory, PostFactory
from tests.support.databases import pages_of
from tests.support.discussions import address, send
from tests.support.pages import settle

#: What proxies, browsers and attackers send; none of it may show in a page that others get too.
HEADERS = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "203.0.113.9",
    "X-Original-URL": "/admin",
    "X-Rewrite-URL": "/admin",
    "X-HTTP-Method-Override": "DELETE",
    "Forwarded": "host=evil.example",
    "Accept-Language": "tlh",
    "Accept": "text/evil",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "User-Agent": "evil",
    "Sec-Fetch-Site": "cross-site",
    "X-Ghost-Preview": "evil",
    "Purpose": "prefetch",
    "X-Request-ID": "evil-evil-evil",
    "Range": "bytes=0-1",
    "Content-Type": "text/evil",
}


@pytest.fixture
def cache(app):
    """The page cache, warmed up: on PostgreSQL it answers nothing before it listens."""
    app.test_client().get("/robots.txt")
    settle([app])
    pages_of(app).clear()
    return pages_of(app)


@pytest.fixture
def ready(cache, app, client):
    import time

    deadline = time.monotonic() + 10
    while not cache.watch.catch_up():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return client


def how(response):
    return response.headers["X-Cache"]


@pytest.mark.parametrize(
    "path", ["/", "/blog/", "/blog/post/{slug}", "/feed.xml", "/sitemap.xml", "/nowhere", "/theme.css"]
)
def test_the_second_reader_is_answered_from_memory(ready, new_client, path):
    path = path.format(slug=PostFactory().slug)
    first, second = ready.get(path), new_client().get(path)
    assert (how(first), how(second)) == ("miss", "hit")
    assert first.data == second.data
    assert first.status_code == second.status_code
    own = {"X-Cache", "X-Request-ID"}
    assert {k: v for k, v in first.headers if k not in own} == {
        k: v for k, v in second.headers if k not in own
    }


def test_an_old_address_is_kept_too(ready, app):
    post = PostFactory(slug="present")
    with app.app_context():
        redirects.keep("/2019/past.html", kind=Target.POST, target_id=post.id)
        db.session.commit()
    assert [how(ready.get("/2019/past.html")) for _ in range(2)] == ["miss", "hit"]
    response = ready.get("/2019/past.html")
    assert (response.status_code, response.headers["Location"]) == (301, "/blog/post/present")


def test_a_hit_asks_the_database_nothing(ready, cache, queries):
    cache.verifies = False
    ready.get("/")
    try:
        with queries.exactly(0):
            assert how(ready.get("/")) == "hit"
    finally:
        cache.verifies = True


@pytest.mark.parametrize(
    ("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress), ("zstd", zstd.decompress)]
)
def test_each_encoding_holds_the_same_page_under_a_tag_of_its_own(ready, encoding, unpack):
    plain = ready.get("/")
    packed = ready.get("/", headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert unpack(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("br;q=0, zstd;q=0, gzip;q=0", None),
        ("nonsense;;q=,", None),
    ],
)
def test_the_encoding_is_one_that_the_reader_understands(ready, accept, expected):
    assert ready.get("/", headers={"Accept-Encoding": accept}).headers.get("Content-Encoding") == expected


def test_a_reader_who_has_the_page_gets_304_until_it_changes(ready, app):
    tag = ready.get("/").headers["ETag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = ready.get("/", headers={"If-None-Match": given})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag
    with app.app_context():
        settings.change(tagline="New")
        db.session.commit()
    assert ready.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_head_is_get_without_the_body(ready):
    assert how(ready.head("/")) == "miss"
    page, head = ready.get("/"), ready.head("/")
    assert (how(page), how(head)) == ("hit", "hit")
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(page.data)))


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nowhere",
        "/auth/login",
        "/admin/",
        "/dashboard",
        "/setup",
        "/search",
        "/health",
        "/metrics",
        "/blog/create",
        "/blog/my-posts",
    ],
)
def test_what_is_not_for_everybody_is_never_kept(ready, cache, path):
    assert [how(ready.get(path)) for _ in range(2)] == ["bypass", "bypass"]
    assert len(cache.store) == 0


def test_whoever_has_signed_in_goes_past_the_cache(ready, cast, sign_in, cache):
    walt = sign_in(cast.walt)
    cache.clear()
    assert how(walt.get("/")) == "bypass"
    assert len(cache.store) == 0
    assert cast.walt.display_name not in ready.get("/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Accept": "application/json"},
    ],
)
def test_a_request_that_may_be_somebodys_goes_past_the_cache(ready, headers):
    assert [how(ready.get("/", headers=headers)) for _ in range(2)] == ["bypass", "bypass"]


@pytest.mark.parametrize("name", ["session", "remember_token"])
def test_a_cookie_of_ours_goes_past_the_cache_whatever_is_in_it(ready, name):
    ready.set_cookie("other", "x")
    ready.set_cookie(name, "x")
    assert [how(ready.get("/")) for _ in range(2)] == ["bypass", "bypass"]


def test_a_foreign_cookie_changes_nothing(ready):
    ready.get("/")
    ready.set_cookie("phpsession", "evil")
    response = ready.get("/")
    assert how(response) == "hit"
    assert "evil" not in response.text


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_shows_in_what_others_get(ready, new_client, cache, header):
    PostFactory(slug="harvest")
    for path in ("/", "/blog/post/harvest", "/nowhere"):
        plain = ready.get(path).data
        cache.clear()
        given = {header: HEADERS[header]}
        poisoned = new_client().get(path, headers=given)
        assert b"evil" not in poisoned.data
        assert new_client().get(path).data == plain


def test_unknown_parameters_are_the_same_page_and_known_ones_another(ready, cache):
    PostFactory.create_batch(30)
    assert how(ready.get("/blog/")) == "miss"
    assert how(ready.get("/blog/?utm_source=letter&fbclid=x")) == "hit"
    assert how(ready.get("/blog/?page=2&utm_source=x")) == "miss"
    assert how(ready.get("/blog/?page=2")) == "hit"
    # Home reads no page number, so it is kept once.
    ready.get("/")
    assert how(ready.get("/?page=2")) == "hit"


def test_a_foreign_host_is_refused_before_the_cache(ready):
    ready.get("/")
    response = ready.get("/", headers={"Host": "evil.example"})
    assert (response.status_code, how(response)) == (400, "bypass")


def test_each_hit_has_an_id_of_its_own_or_the_given_one(ready):
    ready.get("/")
    ids = {ready.get("/").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert ready.get("/", headers={"X-Request-ID": "from-a-proxy"}).headers["X-Request-ID"] == "from-a-proxy"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("form", ["json", "console"])
def test_a_hit_has_its_line_in_the_log(make_app, new_client, capfd, form):
    client = new_client(make_app(LOG_LEVEL="INFO", LOG_FORMAT=form))
    client.get("/robots.txt")
    capfd.readouterr()
    client.get("/robots.txt", headers={"X-Request-ID": "the-second"})
    access_log.lines.write()
    line = next(
        line for line in capfd.readouterr().err.splitlines() if "the-second" in line and "hit" in line
    )
    if form == "json":
        facts = json.loads(line)
        assert (facts["event"], facts["path"], facts["status"], facts["cache"]) == (
            "request",
            "/robots.txt",
            200,
            "hit",
        )
    else:
        assert "path='/robots.txt'" in line
        assert "status=200" in line


def test_a_page_under_two_cookies_does_not_vary_but_says_that_signed_in_readers_get_another(ready):
    response = ready.get("/")
    assert "Cookie" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in ready.get("/feed.xml").headers.get("Vary", "")


def test_pages_that_do_not_exist_have_a_small_room_of_their_own(ready, cache, monkeypatch):
    ready.get("/")
    for number in range(50):
        ready.get(f"/nowhere-{number}")
    monkeypatch.setattr(cache.store._missing, "limit", 20_000)
    for number in range(50, 60):
        ready.get(f"/nowhere-{number}")
    assert len(cache.store._missing) < 60
    assert how(ready.get("/")) == "hit"


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


def test_a_write_that_says_nothing_changes_everything(ready, app, cache):
    post = PostFactory(title="Before")
    ready.get("/robots.txt")
    with app.app_context():
        db.session.execute(update(Post).where(Post.id == post.id).values(title="After"))
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


def test_without_the_cache_every_page_is_made(make_app, new_client):
    client = new_client(make_app(PAGE_CACHE=False))
    assert client.get("/").status_code == 200
    assert "X-Cache" not in client.get("/").headers
