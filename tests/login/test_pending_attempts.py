"""Many sign-ins at once, more than a limit lets fail: those that are right are let in, and no more fail than may."""

import threading
import time
from functools import partial

import pytest

from masthead.login import pending_attempts
from masthead.login.pending_attempts import PendingAttempts
from masthead.web.limits.throttling import LimitReached
from tests.support.people import PASSWORD

pytestmark = pytest.mark.databases("sqlite")
BUCKET = ("sign_in", "address", "192.0.2.1")


@pytest.fixture
def knock_at_once(cast, app, new_client, in_parallel):
    """So many sign-ins of Walt's at the same moment with these passwords; their answers."""

    def knock(passwords):
        answered = []

        def send(client, data):
            answered.append(client.post("/auth/login", data=data).status_code)

        calls = []
        for password in passwords:
            client = new_client(app)
            form = client.read("/auth/login").form({"email": ""})
            data = form.filled({"email": "walt@example.org", "password": password}, None)
            calls.append(partial(send, client, data))
        assert in_parallel(*calls) == []
        return answered

    return knock


def test_more_than_the_limit_are_let_in_when_all_are_right(knock_at_once):
    assert knock_at_once([PASSWORD] * 25) == [303] * 25


def test_no_more_than_the_limit_fail(knock_at_once):
    answered = knock_at_once(["wrong"] * 25)
    assert sorted(answered) == [422] * 10 + [429] * 15


def test_api_lets_in_as_many(cast, app, new_client, in_parallel):
    answered = []

    def send(client):
        body = {"email": "walt@example.org", "password": PASSWORD}
        answered.append(client.post("/api/v1/auth/login", json=body).status_code)

    assert in_parallel(*[partial(send, new_client(app)) for _ in range(15)]) == []
    assert answered == [200] * 15


def count_up_to(limit):
    """A count that raises `LimitReached` beyond the limit, and how many are counted."""
    counted = []

    def count():
        if len(counted) >= limit:
            raise LimitReached(60)
        counted.append(None)

    return count, counted


def test_who_waits_is_told_when_everything_is_decided():
    attempts = PendingAttempts()
    count, _ = count_up_to(1)
    attempts.begin(BUCKET, count)
    raised = []

    def wait():
        with pytest.raises(LimitReached):
            attempts.begin(BUCKET, count)
        raised.append(None)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    assert raised == []
    attempts.decide(BUCKET)
    thread.join(10)
    assert raised == [None]


def test_waiters_go_on_in_the_order_in_which_they_came():
    attempts = PendingAttempts()
    count, counted = count_up_to(1)
    attempts.begin(BUCKET, count)
    served = []

    def wait(number):
        attempts.begin(BUCKET, count)
        served.append(number)
        counted.clear()
        attempts.decide(BUCKET)

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while len(attempts._lines[BUCKET]) < len(threads):
            time.sleep(0.001)
    counted.clear()
    attempts.decide(BUCKET)
    for thread in threads:
        thread.join(10)
    assert served == [0, 1, 2, 3, 4]


def test_nobody_waits_longer_than_the_bound_or_in_a_line_that_is_full(monkeypatch):
    monkeypatch.setattr(pending_attempts, "LONGEST_WAIT_SECONDS", 0.1)
    attempts = PendingAttempts()
    count, _ = count_up_to(1)
    attempts.begin(BUCKET, count)
    began = time.monotonic()
    with pytest.raises(LimitReached):
        attempts.begin(BUCKET, count)
    assert time.monotonic() - began >= 0.1
    monkeypatch.setattr(pending_attempts, "LONGEST_WAIT_SECONDS", 60)
    monkeypatch.setattr(pending_attempts, "WAITING", 0)
    with pytest.raises(LimitReached):
        attempts.begin(BUCKET, count)


def test_other_limits_are_not_waited_for():
    attempts = PendingAttempts()
    count, _ = count_up_to(0)
    attempts.begin(("sign_in", "account", "another"), lambda: None)
    began = time.monotonic()
    with pytest.raises(LimitReached):
        attempts.begin(BUCKET, count)
    assert time.monotonic() - began < 5
