"""Limits that several machines count together, with the server well, gone, stalled and flapping."""

import time
from urllib.parse import quote

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from masthead.web.limits import redis_storage
from masthead.web.limits.redis_storage import SharedStorage
from tests.factories import PostFactory

TEN = parse("10 per minute")


@pytest.fixture
def make_storage(tmp_path):
    def make(url, name="here"):
        return SharedStorage(
            f"{redis_storage.SCHEME}://{quote(str(tmp_path / name))}/limits.lmdb", redis_url=url
        )

    return make


def passed(storage, attempts, *, limit=TEN):
    strategy = MovingWindowRateLimiter(storage)
    return sum(strategy.hit(limit, "search", "203.0.113.7") for _ in range(attempts))


def test_two_machines_count_together(make_storage, valkey_url):
    here, there = make_storage(valkey_url, "here"), make_storage(valkey_url, "there")
    assert passed(here, 7) + passed(there, 7) == 10


def test_parallel_attempts_pass_exactly_as_often_as_allowed(make_storage, valkey_url, in_parallel):
    machines = [make_storage(valkey_url, name) for name in "abcd"]
    limit, counts = parse("50 per minute"), []
    assert in_parallel(*(lambda m=m: counts.append(passed(m, 30, limit=limit)) for m in machines)) == []
    assert sum(counts) == 50


def test_attempt_is_taken_back(make_storage, valkey_url):
    storage = make_storage(valkey_url)
    assert passed(storage, 11) == 10
    storage.take_back(TEN.key_for("search", "203.0.113.7"))
    assert passed(storage, 5) == 1


def test_reset_forgets_everything(make_storage, valkey_url):
    storage = make_storage(valkey_url)
    passed(storage, 10)
    storage.reset()
    assert passed(storage, 1) == 1


def test_stopped_server_is_left_alone_and_the_machine_counts(make_storage, own_valkey):
    storage = make_storage(own_valkey.url)
    assert passed(storage, 4) == 4
    own_valkey.stop()
    assert passed(storage, 30) == 10
    assert storage.circuit.is_open


def test_stalled_server_costs_one_time_out(make_storage, own_valkey):
    storage = make_storage(own_valkey.url)
    passed(storage, 1)
    own_valkey.stall()
    started = time.monotonic()
    assert passed(storage, 30) == 10
    # One time-out of 0.1 s, and no more than one for thirty attempts; the machine may be busy.
    assert time.monotonic() - started < 1.0


def test_server_that_never_was_there_costs_nothing(make_storage, own_valkey):
    own_valkey.stop()
    assert passed(make_storage(own_valkey.url), 30) == 10


def test_counting_returns_to_the_server_when_it_is_back(make_storage, own_valkey):
    storage = make_storage(own_valkey.url)
    passed(storage, 10)
    storage.circuit._seconds = 0.05
    for _ in range(3):
        own_valkey.stall()
        passed(storage, 1)
        own_valkey.go_on()
        time.sleep(0.1)
        # The server still knows of the ten.
        assert passed(storage, 1) == 0
        assert not storage.circuit.is_open


@pytest.fixture
def site(make_app, own_valkey):
    return make_app(REDIS_URL=own_valkey.url, RATELIMIT_SEARCH="3 per minute")


@pytest.mark.parametrize("fault", ["stopped", "stalled", "flapping"])
def test_people_read_sign_in_publish_and_comment_without_the_server(
    site, cast, new_client, sign_in, own_valkey, fault
):
    post = PostFactory(author=cast.walt)
    walt, reader = new_client(site), new_client(site)
    assert reader.get("/search?q=x").status_code == 200
    own_valkey.stop() if fault == "stopped" else own_valkey.stall()

    def flap():
        if fault == "flapping":
            own_valkey.go_on()
            time.sleep(0.01)
            own_valkey.stall()

    assert reader.get("/").status_code == 200
    flap()
    sign_in(walt, cast.walt)
    flap()
    response = walt.fill_in("/blog/create", title="Still here", body="We go on.", button="publish")
    assert response.status_code == 303
    flap()
    assert walt.fill_in(f"/blog/post/{post.slug}", body="I agree.").status_code == 303
    assert reader.get("/blog/post/still-here").status_code == 200
    # The limit stands, counted here.
    answers = [reader.get("/search?q=x").status_code for _ in range(8)]
    assert answers.count(200) <= 4
    assert answers[-1] == 429
    wrong = [
        reader.fill_in("/auth/login", email="rhea@example.org", password="no").status_code for _ in range(12)
    ]
    assert wrong[-1] == 429
