"""Pages from memory while the database is away: for a bounded time, and their header says so."""

import time

import pytest
from flask import Flask

from masthead import pagecache
from masthead.db import db
from masthead.pagecache import outage
from masthead.pagecache.outage import Outage
from tests.support.databases import pages_of

SECONDS = 30
# Each test has a database of its own, of either kind.
pytestmark = pytest.mark.databases("sqlite")


class OwnSQLite:
    """A database file that can be taken away."""

    def __init__(self, folder):
        self._file, self._elsewhere = folder / "own.sqlite3", folder / "elsewhere.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def stop(self):
        self._file.rename(self._elsewhere)

    def start(self):
        assert not self._file.exists(), "A request has made an empty database."
        self._elsewhere.rename(self._file)


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request, tmp_path):
    """A database that this test may take away: `.stop()`, `.start()`."""
    return OwnSQLite(tmp_path) if request.param == "sqlite" else request.getfixturevalue("own_postgres")


@pytest.fixture
def make_site(own_database, make_app):
    """Make an application on that database, whose home page is kept; the settings are its own."""

    def make(**settings):
        app = make_app(DATABASE_URL=own_database.url, **settings)
        result = app.test_cli_runner().invoke(args=["db", "upgrade"])
        assert result.exit_code == 0, result.output
        wait_for(app, "/", "hit")
        return app

    return make


def wait_for(app: Flask, path: str, how: str):
    """Ask until an answer comes in this way; the answer."""
    deadline = time.monotonic() + SECONDS
    while (answer := app.test_client().get(path)).headers.get("X-Cache") != how:
        assert time.monotonic() < deadline, (answer.status_code, answer.headers)
        time.sleep(0.05)
    return answer


def take_away(app, database):
    database.stop()
    with app.app_context():
        db.engine.dispose()


def test_kept_pages_go_on_and_say_so(make_site, own_database):
    app = make_site()
    before = app.test_client().get("/")
    take_away(app, own_database)
    answer = wait_for(app, "/", "stale")
    assert answer.status_code == 200
    assert answer.data == before.data
    assert answer.headers["ETag"] == before.headers["ETag"]
    assert answer.headers["X-Request-ID"]
    known = app.test_client().get("/", headers={"If-None-Match": before.headers["ETag"]})
    assert (known.status_code, known.headers["X-Cache"]) == (304, "stale")
    assert app.test_client().head("/").headers["X-Cache"] == "stale"


def test_what_is_not_kept_is_refused_meanwhile(make_site, own_database):
    app = make_site()
    take_away(app, own_database)
    wait_for(app, "/", "stale")
    for path in ("/blog/", "/search?q=harvest", "/api/v1/posts"):
        answer = app.test_client().get(path)
        assert (answer.status_code, bool(answer.headers["Retry-After"])) == (503, True), path
    signed_in = app.test_client()
    signed_in.set_cookie("session", "somebody")
    assert signed_in.get("/").status_code == 503


def test_pages_are_made_again_when_the_database_answers_again(make_site, own_database):
    app = make_site()
    take_away(app, own_database)
    wait_for(app, "/", "stale")
    own_database.start()
    assert wait_for(app, "/", "hit").status_code == 200
    assert wait_for(app, "/feed.xml", "hit").status_code == 200


def test_time_is_bounded_by_the_setting(make_site, own_database):
    app = make_site(PAGE_CACHE_STALE_SECONDS=1)
    take_away(app, own_database)
    wait_for(app, "/", "stale")
    deadline = time.monotonic() + SECONDS
    while (answer := app.test_client().get("/")).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.status_code == 503


def test_zero_sends_nothing_that_may_be_out_of_date(make_site, own_database):
    app = make_site(PAGE_CACHE_STALE_SECONDS=0)
    take_away(app, own_database)
    deadline = time.monotonic() + SECONDS
    while (answer := app.test_client().get("/")).status_code != 503:
        assert answer.headers["X-Cache"] != "stale"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_during_an_outage_one_request_a_second_asks_the_database(make_site, own_database, capsys):
    app = make_site(LOG_FORMAT="json")
    take_away(app, own_database)
    wait_for(app, "/", "stale")
    time.sleep(outage.RETRY_SECONDS)
    capsys.readouterr()
    began = time.monotonic()
    for _ in range(50):
        assert app.test_client().get("/").headers["X-Cache"] == "stale"
    most = 1 + int((time.monotonic() - began) / outage.RETRY_SECONDS)
    assert 1 <= capsys.readouterr().err.count("the database cannot be used") <= most


def test_outage_that_is_noted_outside_of_a_request_is_nobodys():
    pagecache.note_outage()


def test_outage_begins_once_and_ends():
    state = Outage(60)
    assert (state.is_bridged(), state.may_try(), state.may_try()) == (True, True, True)
    state.begin()
    assert not state.may_try()
    state.end()
    assert (state.is_bridged(), state.may_try()) == (True, True)


def test_database_that_answers_ends_the_wait_although_nobody_tells_of_changes(app, cast, client, monkeypatch):
    wait_for(app, "/", "hit")
    monkeypatch.setattr(pages_of(app).watch, "catch_up", lambda: False)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["X-Cache"]) == (200, "bypass")
