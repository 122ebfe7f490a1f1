"""Long and many passwords (security.md row 41): they cost little, and the rest of the site stays fast."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask

from masthead.fair_semaphore import FairSemaphore
from masthead.login import passwords
from masthead.web.middleware import load_shedding
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

pytestmark = pytest.mark.databases("sqlite")
NewClient = Callable[..., Visitor]
MEGABYTE = "x" * 1_000_000
SECONDS = 2
KNOCKS = 30


@pytest.fixture
def never_hashed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("It was hashed.")

    monkeypatch.setattr(passwords, "_hasher", refuse)


@pytest.mark.usefixtures("never_hashed")
@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/auth/login", {"email": "walt@example.org", "password": MEGABYTE}),
        (
            "/auth/register",
            {
                "username": "nora",
                "email": "n@example.org",
                "password": MEGABYTE,
                "password_confirm": MEGABYTE,
            },
        ),
    ],
)
def test_megabyte_is_refused_at_once_in_a_form(
    cast: Cast, client: Visitor, path: str, typed: dict[str, str]
) -> None:
    data = client.read(path).form({"email": ""}).filled(typed, None)
    started = time.perf_counter()
    answer = client.post(path, data=data)
    assert answer.status_code in {413, 422}
    assert time.perf_counter() - started < SECONDS
    assert len(answer.data) < 100_000, "the password was sent back"


@pytest.mark.usefixtures("never_hashed")
@pytest.mark.parametrize("path", ["login", "register"])
def test_megabyte_is_refused_at_once_by_the_api(cast: Cast, client: Visitor, path: str) -> None:
    body = {"username": "nora", "email": "walt@example.org", "password": MEGABYTE}
    started = time.perf_counter()
    answer = client.post(f"/api/v1/auth/{path}", json=body)
    assert 400 <= answer.status_code < 500
    assert time.perf_counter() - started < SECONDS


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hashing takes until this is set."""
    done = threading.Event()

    class Slow:
        def verify(self, *_: str) -> bool:
            done.wait(20)
            return True

    monkeypatch.setattr(passwords, "_hasher", Slow)
    monkeypatch.setattr(passwords, "_decoy", lambda _parameters: "decoy")
    yield done
    done.set()


def test_many_sign_ins_at_once_leave_the_pages_free(
    cast: Cast,
    make_app: Callable[..., Flask],
    new_client: NewClient,
    slow: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # More than the server has places for requests, so that they would fill it if they kept theirs while they wait.
    monkeypatch.setattr(passwords, "WAITING", load_shedding.PLACES + 4)
    app = make_app(RATELIMIT_ENABLED=False, HASHES_AT_ONCE=2)
    answered: list[int] = []

    def knock(client: Visitor, data: dict[str, object]) -> None:
        answered.append(client.post("/auth/login", data=data).status_code)

    threads = []
    for number in range(KNOCKS):
        client = new_client(app)
        typed = {"email": f"x{number}@example.org", "password": "wrong"}
        data = client.read("/auth/login").form({"email": ""}).filled(typed, None)
        threads.append(threading.Thread(target=knock, args=(client, data)))
    for thread in threads:
        thread.start()
    patience = time.monotonic() + 8
    while len(answered) < KNOCKS - 2 - passwords.WAITING and time.monotonic() < patience:
        time.sleep(0.02)
    # Whoever found every place taken was sent away at once; a few wait, and pages are read meanwhile.
    assert answered == [503] * (KNOCKS - 2 - passwords.WAITING)
    started = time.perf_counter()
    assert new_client(app).get("/").status_code == 200
    assert time.perf_counter() - started < SECONDS
    slow.set()
    for thread in threads:
        thread.join(20)
    assert len(answered) == KNOCKS
    assert set(answered[KNOCKS - 2 - passwords.WAITING :]) == {422}


def test_forty_sign_ins_at_once_are_all_answered(
    cast: Cast,
    make_app: Callable[..., Flask],
    new_client: NewClient,
    in_parallel: Callable[..., list[BaseException]],
) -> None:
    app = make_app(RATELIMIT_ENABLED=False)
    answered: list[int] = []

    def knock(client: Visitor, data: dict[str, object]) -> None:
        answered.append(client.post("/auth/login", data=data).status_code)

    calls = []
    for _ in range(40):
        client = new_client(app)
        typed = {"email": "walt@example.org", "password": PASSWORD}
        data = client.read("/auth/login").form({"email": ""}).filled(typed, None)
        calls.append(partial(knock, client, data))
    assert in_parallel(*calls) == []
    assert answered == [303] * 40


def test_who_is_sent_away_is_told_when_to_come_back(
    cast: Cast, make_app: Callable[..., Flask], new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_work", lambda _places: FairSemaphore(0))
    monkeypatch.setattr(passwords, "WAITING", 0)
    client = new_client(make_app(RATELIMIT_ENABLED=False))
    answer = client.fill_in("/auth/login", email="walt@example.org", password="wrong")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Many people are signing in" in answer.text
