"""What seldom happens to the page cache: odd requests, pages that cannot be kept, threads and files that are in the way."""

import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask import Response
from sqlalchemy import text

from masthead import pagecache
from masthead.db import db
from masthead.pagecache import counters, middleware, postgres_watch
from masthead.pagecache.counters import HitCounters
from masthead.pagecache.dependencies import KEPT
from masthead.pagecache.fragments import StaleFragment
from masthead.pagecache.middleware import StalePage
from masthead.pagecache.store import LruCache, PageStore
from masthead.pagecache.wal_index import header_of
from masthead.posts.cache_topics import POSTS
from masthead.web.access import public
from tests.factories import PostFactory
from tests.support.databases import pages_of


def how(answer):
    return answer.headers["X-Cache"]


def wait_until_pages_are_kept(reader):
    """On PostgreSQL that is as soon as the process listens."""
    deadline = time.monotonic() + 15
    while how(reader.get("/robots.txt")) != "hit":
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("path", ["/\xff", "/blog/post/one/comment", "/blog", "/nul\0"])
def test_what_has_no_page_is_not_kept(ready, path):
    # As WSGI has it: the test's own client would make text of bytes that are none.
    answers = [ready.get("/", environ_overrides={"PATH_INFO": path}) for _ in range(2)]
    assert [how(answer) for answer in answers] == ["bypass", "bypass"]


def test_there_is_nothing_to_have_already_of_a_page_that_is_not_there(ready):
    ready.get("/nowhere")
    answer = ready.get("/nowhere", headers={"If-None-Match": "*"})
    assert (answer.status_code, how(answer)) == (404, "hit")


def test_a_page_that_knows_no_last_change_is_sent_whole_to_whoever_asks_by_time(ready):
    assert "Last-Modified" not in ready.get("/").headers
    answer = ready.get("/", headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert (answer.status_code, how(answer)) == (200, "hit")


class Private:
    """A view whose answer must not be kept, and which takes its time."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.end = threading.Event()
        self.read = []

    def __call__(self):
        pagecache.depends_on(POSTS)
        pagecache.on_each_view(self.read.append)
        self.begun.release()
        self.end.wait(30)
        response = Response("mine")
        response.headers["Cache-Control"] = "private"
        return response


def test_who_waits_for_a_page_that_cannot_be_kept_gets_one_of_their_own(make_app, new_client):
    app, view = make_app(), Private()

    @app.get("/private")
    @public
    @pagecache.cached()
    def private():
        return view()

    cache = pages_of(app)
    with ThreadPoolExecutor(2) as threads:
        wait_until_pages_are_kept(new_client(app))
        first = threads.submit(new_client(app).get, "/private")
        assert view.begun.acquire(timeout=20), first.result(timeout=1)
        second = threads.submit(new_client(app).get, "/private")
        view.end.set()
        answers = [future.result(timeout=30) for future in (first, second)]
    assert [answer.text for answer in answers] == ["mine", "mine"]
    assert len(view.read) == 2
    assert cache.store.get("http  /private?") is None


def test_a_page_is_made_without_waiting_where_waiting_has_come_to_nothing(ready, monkeypatch):
    monkeypatch.setattr(middleware, "FLIGHTS", 0)
    assert [how(ready.get("/")) for _ in range(2)] == ["miss", "hit"]


def test_a_page_that_should_not_be_kept_is_found(ready, app, monkeypatch):
    ready.get("/")
    monkeypatch.delattr(app.view_functions["site.home"], KEPT)
    with pytest.raises(StalePage, match="should not be"):
        ready.get("/")


def test_a_count_that_is_out_of_date_is_found(app, ready, cast, sign_in):
    PostFactory.create_batch(2)
    ada = sign_in(cast.ada)
    ada.get("/blog/")
    with app.app_context(), db.engine.begin() as connection:
        # Past the session, and so past everything that writes changes down.
        connection.execute(text("UPDATE post SET status = 'draft'"))
    with pytest.raises(StaleFragment):
        ada.get("/blog/")


def test_counts_are_kept_in_memory_where_no_file_can_be_made(tmp_path):
    (tmp_path / counters.FOLDER).write_text("in the way")
    counted = HitCounters(tmp_path)
    counted.share()
    counted.values[counters.HITS] += 1
    assert counted.now().hits == 1


def test_the_process_of_somebody_else_counts(tmp_path, monkeypatch):
    counted = HitCounters(tmp_path)
    counted.share()

    def not_ours(process_id, signal):
        raise PermissionError

    monkeypatch.setattr(counters.os, "kill", not_ours)
    assert len(list(counters.of_processes(tmp_path))) == 1


class Vanishing(OrderedDict):
    """A page that another thread drops after this one has found it."""

    def move_to_end(self, key, last=True):
        raise KeyError(key)


def test_a_page_that_goes_while_it_is_looked_for_is_not_there():
    cache = LruCache(1_000)
    cache._things = Vanishing({"/": object()})
    assert cache.get("/") is None


def test_a_database_without_a_log_has_no_header(tmp_path):
    assert header_of(str(tmp_path / "nothing.sqlite3")) is None


@pytest.mark.databases("postgresql")
def test_more_topics_than_a_notice_holds_are_everything_to_other_processes(app, make_app, new_client):
    other = make_app()
    wait_until_pages_are_kept(new_client(other))
    deadline = time.monotonic() + 15
    with app.app_context():
        pagecache.invalidate(*(f"post:{number:012}" for number in range(1_000)))
        db.session.commit()
    while len(pages_of(other).store):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_oldest_marks_are_forgotten(monkeypatch):
    monkeypatch.setattr(postgres_watch, "REMEMBERED_MARKS", 2)
    watch = postgres_watch.PostgresWatch("no address: nobody listens", PageStore(1_000))
    for mark in ("first", "second", "third"):
        watch.heard(mark, ["settings"])
    assert [watch.has_heard(mark) for mark in ("first", "second", "third")] == [False, True, True]


@pytest.mark.databases("postgresql")
def test_a_process_that_begins_anew_listens_again(ready, cache):
    ready.get("/robots.txt")
    cache.watch.forget()
    assert len(cache.store) == 0
    assert not cache.watch.catch_up()
    listening = cache.watch._thread
    cache.watch._start()
    assert cache.watch._thread is listening


def test_a_database_that_does_not_say_what_is_visible_is_not_believed():
    with pytest.raises(psycopg.DataError):
        postgres_watch._number(None)
