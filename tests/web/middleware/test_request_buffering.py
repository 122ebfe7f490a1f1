import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from masthead.web.middleware import body_limits
from masthead.web.middleware.body_slots import BodySlots
from masthead.web.middleware.request_buffering import RequestBuffering

LIMIT = body_limits.BodyLimit(100)


class Stuck(io.BytesIO):
    """A body whose sender waits until the connection is ended."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.gone.wait(30)
        return b""


def hang_up(environ, began, others):
    if isinstance(environ["test.connection"], Stuck):
        environ["test.connection"].gone.set()


class Dripping(io.BytesIO):
    """A body that comes byte by byte."""

    def read(self, size: int | None = -1) -> bytes:
        time.sleep(0.02)
        return super().read(1)


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(app, body, **environ):
    said = []
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    answer = b"".join(
        app(
            {"wsgi.input": source, "test.connection": source, **environ},
            lambda status, headers: said.append((status, dict(headers))),
        )
    )
    return said[0][0], answer, said[0][1]


def make_app(*, seconds=30.0, least_rate=1.0, **places):
    room = BodySlots(seconds=seconds, least_rate=least_rate, **places)
    return RequestBuffering(echo, limit=lambda environ: LIMIT, places=room, stop=hang_up)


@pytest.fixture
def silent():
    """Requests that send nothing: their answers, when the test is over."""
    bodies = []
    with ThreadPoolExecutor(20) as threads:

        def begin(app, count, address):
            made = [Stuck() for _ in range(count)]
            bodies.extend(made)
            return [threads.submit(ask, app, body, CONTENT_LENGTH="10", REMOTE_ADDR=address) for body in made]

        yield begin
        for body in bodies:
            body.gone.set()


def test_a_body_is_handed_on_whole():
    status, answer, _ = ask(
        make_app(), b"x" * LIMIT.kept + b"of the next request", CONTENT_LENGTH=str(LIMIT.kept)
    )
    assert (status, answer) == ("200 OK", b"x" * LIMIT.kept)


def test_a_body_in_chunks_is_handed_on():
    assert ask(make_app(), b"chunks", HTTP_TRANSFER_ENCODING="chunked")[:2] == ("200 OK", b"chunks")


def test_a_body_that_is_a_little_too_long_is_read_and_forgotten():
    source = io.BytesIO(b"x" * 101)
    seen = []
    app = make_app()
    app._app = lambda environ, start: seen.append(environ["wsgi.input"].read()) or []
    app({"wsgi.input": source, "CONTENT_LENGTH": "101"}, lambda status, headers: None)
    assert (seen, source.read()) == ([b""], b"")


@pytest.mark.parametrize("length", ["", "0", str(sum(LIMIT) + 1), "-1", "many", "9" * 30])
def test_what_has_no_body_or_too_much_is_not_read_here(length):
    source = io.BytesIO(b"untouched")
    seen = []
    app = make_app()
    app._app = lambda environ, start: seen.append(environ["wsgi.input"]) or []
    app({"wsgi.input": source, "CONTENT_LENGTH": length}, lambda status, headers: None)
    assert seen == [source]


def test_a_silent_body_is_cut_when_its_time_is_over(silent):
    (answer,) = silent(make_app(seconds=0.1), 1, "192.0.2.1")
    status, _, headers = answer.result(timeout=20)
    assert status == "408 Request Timeout"
    assert headers["Connection"] == "close"


def test_a_body_that_drips_is_cut_below_the_least_rate_and_comes_through_above_it():
    body = b"y" * LIMIT.kept
    drip = {"CONTENT_LENGTH": str(LIMIT.kept), "REMOTE_ADDR": "192.0.2.1"}
    assert ask(make_app(seconds=0.3, least_rate=10_000), Dripping(body), **drip)[0] == "408 Request Timeout"
    assert ask(make_app(seconds=30, least_rate=1), Dripping(body), **drip)[:2] == ("200 OK", body)


def test_a_body_that_is_too_long_has_a_deadline_and_loses_its_place_first(silent):
    long = {"CONTENT_LENGTH": str(LIMIT.kept + 1), "REMOTE_ADDR": "192.0.2.1"}
    app = make_app(seconds=30, least_rate=1, discard_seconds=0.3)
    # Each byte counts as progress, and 30 s and a byte a second would be allowed.
    assert ask(app, Dripping(b"x" * (LIMIT.kept + 1)), **long)[0].startswith("413")
    slots = BodySlots(seconds=30, least_rate=1, places=2, wait_seconds=0)
    kept, discarded = slots.take("192.0.2.1"), slots.take("192.0.2.1", is_discarded=True)
    discarded.note(1)
    assert slots.take("198.51.100.1") is not None
    assert (kept.is_cut, discarded.is_cut) == (False, True)
    assert slots.take("198.51.100.1") is None


@pytest.mark.databases("sqlite")
def test_few_bytes_are_read_in_vain_where_no_file_is_taken(app):
    limit = body_limits.limit_for(app)

    def discarded(path, **environ):
        return limit({"PATH_INFO": path, "REQUEST_METHOD": "POST", **environ}).discarded

    for path in ("/auth/login", "/nowhere", "/api/v1/media", "/blog/create"):
        assert discarded(path) == body_limits.DISCARDED_BYTES
    assert discarded("/admin/media") == body_limits.DISCARDED_FILE_BYTES
    assert discarded("/api/v1/media", HTTP_AUTHORIZATION="Bearer x") == body_limits.DISCARDED_FILE_BYTES


def test_silent_bodies_give_their_places_to_whoever_sends_even_from_their_address(silent):
    app = make_app(places=8, of_address=4, stalled_seconds=0.1)
    answers = silent(app, 4, "192.0.2.1") + silent(app, 4, "198.51.100.1")
    for address in ("192.0.2.1", "198.51.100.1", "203.0.113.1") * 2:
        assert ask(app, b"0123456789", CONTENT_LENGTH="10", REMOTE_ADDR=address)[0] == "200 OK"
    deadline = time.monotonic() + 20
    while not any(answer.done() for answer in answers):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert {answer.result()[0] for answer in answers if answer.done()} == {"408 Request Timeout"}


def test_one_address_takes_only_its_share(silent):
    app = make_app(places=8, of_address=4, wait_seconds=0.1)
    crowd = silent(app, 7, "192.0.2.1")
    assert ask(app, b"0123456789", CONTENT_LENGTH="10", REMOTE_ADDR="198.51.100.1")[0] == "200 OK"
    deadline = time.monotonic() + 20
    while sum(answer.done() for answer in crowd) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert {answer.result()[0] for answer in crowd if answer.done()} == {"503 Service Unavailable"}


def test_a_network_of_ipv6_is_one_address(silent):
    app = make_app(places=8, of_address=2, wait_seconds=0)
    silent(app, 1, "2001:db8::1"), silent(app, 1, "2001:db8::2")
    deadline = time.monotonic() + 10
    while len(app._places._arrivals) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert ask(app, b"0123456789", CONTENT_LENGTH="10", REMOTE_ADDR="2001:db8::3")[0].startswith("503")
    assert ask(app, b"0123456789", CONTENT_LENGTH="10", REMOTE_ADDR="2001:db8:1::3")[0] == "200 OK"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/v1/posts", "application/problem+json"), ("/blog/create", "text/html; charset=utf-8")],
)
def test_who_finds_no_place_is_told_in_the_form_that_is_read_there(silent, path, kind):
    app = make_app(places=1, of_address=1, wait_seconds=0)
    silent(app, 1, "192.0.2.1")
    deadline = time.monotonic() + 10
    while not app._places._arrivals:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    asked = {"CONTENT_LENGTH": "10", "REMOTE_ADDR": "192.0.2.1", "PATH_INFO": path}
    status, answer, headers = ask(app, b"0123456789", **asked)
    assert (status, headers["Content-Type"]) == ("503 Service Unavailable", kind)
    assert headers["Retry-After"]
    if path.startswith("/api/"):
        problem = json.loads(answer)
        assert (problem["status"], problem["title"]) == (503, "Service Unavailable")
        assert problem["request_id"] == headers["X-Request-ID"]


def test_a_sender_who_goes_away_leaves_a_short_body():
    assert ask(make_app(), b"half", CONTENT_LENGTH="10")[:2] == ("200 OK", b"half")
