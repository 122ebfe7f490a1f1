import io
import threading
import time

import pytest

from masthead.web.middleware.request_buffering import PLACES, WAIT_SECONDS, SlowBodies

LIMIT = 100


class Stuck(io.BytesIO):
    """A body whose sender waits."""

    def __init__(self, arrived: threading.Event) -> None:
        super().__init__()
        self.arrived = arrived

    def read(self, size: int | None = -1) -> bytes:
        self.arrived.wait(30)
        return b""


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(app, body, **environ):
    said = []
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    answer = b"".join(app({"wsgi.input": source, **environ}, lambda status, headers: said.append(status)))
    return said[0], answer


@pytest.fixture
def app():
    return SlowBodies(echo, limit=lambda environ: LIMIT)


def test_a_body_is_handed_on_whole(app):
    assert ask(app, b"x" * LIMIT + b"of the next request", CONTENT_LENGTH=str(LIMIT)) == (
        "200 OK",
        b"x" * LIMIT,
    )


def test_a_body_in_chunks_is_handed_on(app):
    assert ask(app, b"chunks", HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", b"chunks")


@pytest.mark.parametrize("length", ["", "0", "101", "-1", "many", "9" * 30])
def test_what_has_no_body_or_too_much_is_not_read_here(length):
    source = io.BytesIO(b"untouched")
    seen = []
    app = SlowBodies(
        lambda environ, start: seen.append(environ["wsgi.input"]) or [], limit=lambda environ: LIMIT
    )
    app({"wsgi.input": source, "CONTENT_LENGTH": length}, lambda status, headers: None)
    assert seen == [source]


def test_more_slow_senders_than_places_are_sent_away_and_readers_are_not(app):
    arrived = threading.Event()
    threads = [
        threading.Thread(target=ask, args=(app, Stuck(arrived)), kwargs={"CONTENT_LENGTH": "10"})
        for _ in range(PLACES)
    ]
    for thread in threads:
        thread.start()
    try:
        assert ask(app, b"0123456789", CONTENT_LENGTH="10")[0] == "503 Service Unavailable"
        assert ask(app, b"")[0] == "200 OK"
    finally:
        arrived.set()
        for thread in threads:
            thread.join()
    assert ask(app, b"0123456789", CONTENT_LENGTH="10") == ("200 OK", b"0123456789")


def test_a_crowd_is_sent_away_at_once(app):
    arrived = threading.Event()
    stuck = [
        threading.Thread(target=ask, args=(app, Stuck(arrived)), kwargs={"CONTENT_LENGTH": "10"})
        for _ in range(PLACES)
    ]
    for thread in stuck:
        thread.start()
    answers = []
    crowd = [
        threading.Thread(target=lambda: answers.append(ask(app, b"0123456789", CONTENT_LENGTH="10")[0]))
        for _ in range(40)
    ]
    began = time.monotonic()
    try:
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        took = time.monotonic() - began
    finally:
        arrived.set()
        for thread in stuck:
            thread.join()
    assert answers == ["503 Service Unavailable"] * 40
    # If all of them had waited in turn for the two places to wait in, it would be twenty times as long.
    assert took < 10 * WAIT_SECONDS
