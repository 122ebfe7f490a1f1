"""What the cache answers: the same page, in every encoding, to everybody."""

import gzip
import json

import brotli
import pytest
from backports import zstd

from masthead.db import db
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.settings import actions as settings
from masthead.web.telemetry import access_log
from tests.factories import PostFactory
from tests.support.pages import how


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


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "///",
        "//blog/",
        "///blog/",
        "/blog//",
        "//feed.xml",
        "/?x=1",
        "/?x=1&x=2&y=3",
        "/?utm_source=a&fbclid=b",
        "/?v=1&v=2",
        "/blog/?page=1&x=2&page=2",
        "/blog/?page=1&page=3",
        "/blog/?y&page=1&x",
        "/feed.xml?page=1&comments=2",
        "/blog/post/harvest?comments=&x=1",
        "/blog/post/harvest?x=1&comments=",
        "/?p=1",
        "/?page_id=x",
        "/nowhere?x=2",
        "/nowhere?page=2&x=1&page=3",
    ],
)
def test_addresses_of_one_page_do_not_fill_the_cache(ready, cache, path):
    PostFactory(slug="harvest")
    for known in ("/", "/blog/", "/blog/?page=1", "/feed.xml", "/nowhere", "/blog/post/harvest"):
        ready.get(known)
    ready.get("/blog/post/harvest?comments=")
    before = len(cache.store) + len(cache.store._missing)
    for number in range(3):
        ready.get(path, headers={"Cookie": f"other={number}"})
        ready.get(f"{path}{'&' if '?' in path else '?'}z{number}={number}")
    assert len(cache.store) + len(cache.store._missing) == before


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


def test_without_the_cache_every_page_is_made(make_app, new_client):
    client = new_client(make_app(PAGE_CACHE=False))
    assert client.get("/").status_code == 200
    assert "X-Cache" not in client.get("/").headers
