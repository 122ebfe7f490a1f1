"""More requests than can be answered: some wait for a moment, the rest are refused at once."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from masthead.web.middleware.concurrency_limiter import ConcurrencyLimiter
from masthead.web.middleware.load_shedding import RETRY_SECONDS, LoadShedding


class Work:
    """An application whose requests last until they are let go."""

    def __init__(self):
        self.done = threading.Event()
        self.begun = threading.Semaphore(0)

    def __call__(self, environ, start_response):
        self.begun.release()
        self.done.wait(30)
        start_response("200 OK", [])
        return [b"done"]


@pytest.fixture
def work():
    made = Work()
    yield made
    made.done.set()


def ask(app, path="/", method="GET", **environ):
    said = []
    body = b"".join(
        app(
            {"PATH_INFO": path, "REQUEST_METHOD": method, **environ},
            lambda status, headers: said.append((status, dict(headers))),
        )
    )
    return (*said[0], body)


@pytest.fixture
def full(work):
    """An application of one place and no room to wait, whose place is taken."""
    app = LoadShedding(work, places=1, waiting=1, seconds=0.2)
    with ThreadPoolExecutor(4) as threads:
        threads.submit(ask, app)
        assert work.begun.acquire(timeout=10)
        yield app
        work.done.set()


def test_who_finds_no_place_waits_and_is_then_refused(full):
    began = time.monotonic()
    status, headers, body = ask(full)
    assert time.monotonic() - began >= 0.2
    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", str(RETRY_SECONDS))
    assert b"Try again in a few seconds." in body


def test_where_many_wait_already_the_next_is_refused_at_once(work):
    app = LoadShedding(work, places=1, waiting=1, seconds=30)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, app)
        assert work.begun.acquire(timeout=10)
        second = threads.submit(ask, app)
        deadline = time.monotonic() + 10
        while not app._room.waiting:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert ask(app)[0] == "503 Service Unavailable"
        work.done.set()
        assert [future.result(timeout=10)[0] for future in (first, second)] == ["200 OK", "200 OK"]


def test_a_place_is_free_again_when_its_request_is_answered_or_fails(work):
    work.done.set()

    def fails(environ, start_response):
        raise OSError

    app = LoadShedding(fails, places=1, waiting=1, seconds=0)
    for _ in range(3):
        with pytest.raises(OSError):
            ask(app)
    app = LoadShedding(work, places=1, waiting=1, seconds=0)
    assert [ask(app)[0] for _ in range(3)] == ["200 OK"] * 3


def test_who_waits_for_something_else_lets_another_have_the_place(work):
    room = ConcurrencyLimiter(places=1, waiting=1, seconds=0.01)
    assert room.take()
    with room.left_meanwhile():
        assert room.take()
        assert not room.take()
    room.leave()
    assert not room.take()
    room.leave()
    assert room.take()


def test_a_program_is_refused_in_json(full):
    _, headers, body = ask(full, "/api/v1/posts")
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == 503


def test_a_refusal_has_an_id(full):
    assert ask(full, HTTP_X_REQUEST_ID="from-a-proxy")[1]["X-Request-ID"] == "from-a-proxy"
    ids = {ask(full, HTTP_X_REQUEST_ID="not\nfit")[1]["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2


def test_who_asks_for_the_headers_alone_gets_no_body(full):
    assert ask(full, method="HEAD")[2] == b""


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_whoever_asks_whether_it_lives_is_answered(full, work, path):
    work.done.set()
    assert ask(full, path)[0] == "200 OK"
