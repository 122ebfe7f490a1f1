"""Nobody finds out who has an account: neither by an answer nor by its time (security.md row 25), all through HTTP."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.people import PASSWORD, Cast
from tests.support.queries import Queries
from tests.support.visitors import Visitor

Ask = Callable[[Visitor, str, int], TestResponse]
KNOWN, UNKNOWN = "walt@example.org", "wilt@example.org"
#: By chance the times of equal work differ this much less than once in a million runs.
Z_LIMIT = 5.0
PAIRS = 40
#: What is another one on every page.
ONCE = ("csrf_token", "data-options", "request_id")


def sign_in(client: Visitor, email: str, _number: int) -> TestResponse:
    return client.fill_in("/auth/login", email=email, password="not the right one")


def ask_for_a_link(client: Visitor, email: str, _number: int) -> TestResponse:
    return client.fill_in("/auth/forgot", email=email)


def register(client: Visitor, email: str, number: int) -> TestResponse:
    typed = {"password": PASSWORD, "password_confirm": PASSWORD}
    # Each unknown address can be registered once.
    address = email if email == KNOWN else f"{number}{email}"
    return client.fill_in("/auth/register", username=f"nora{number}", email=address, **typed)


def sign_a_program_in(client: Visitor, email: str, _number: int) -> TestResponse:
    body = {"email": email, "password": "not the right one"}
    answer = client.post("/api/v1/auth/login", json=body, headers={"X-Request-ID": "same-for-both"})
    assert answer.status_code == 401
    return answer


WAYS = [sign_in, ask_for_a_link, register, sign_a_program_in]


@pytest.fixture
def client(make_app: Callable[..., Flask], new_client: Callable[..., Visitor], tmp_path: Path) -> Visitor:
    return new_client(make_app(RATELIMIT_ENABLED=False, MAIL_URL=f"file://{tmp_path}"))


def told(answer: TestResponse, email: str) -> tuple[object, ...]:
    """What somebody can see of an answer, but what they typed and the tokens that are new each time."""
    lines = [line for line in answer.text.splitlines() if not any(word in line for word in ONCE)]
    headers = sorted(set(dict(answer.headers)) - {"Date"})
    return answer.status_code, answer.location, "\n".join(lines).replace(email, "…"), headers


@pytest.mark.parametrize("ask", WAYS)
def test_known_and_unknown_accounts_get_the_same_answer(cast: Cast, client: Visitor, ask: Ask) -> None:
    known, unknown = (ask(client, email, number) for number, email in enumerate((KNOWN, UNKNOWN)))
    assert told(known, KNOWN) == told(unknown, UNKNOWN)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("ask", [sign_in, sign_a_program_in])
def test_known_and_unknown_accounts_take_the_same_time(
    cast: Cast, make_app: Callable[..., Flask], new_client: Callable[..., Visitor], ask: Ask
) -> None:
    # A hash as on a real site: the quick one of the tests would not be noticed if it were missing.
    app = make_app(RATELIMIT_ENABLED=False, ARGON2_MEMORY_KIB=19_456, ARGON2_PASSES=2)
    app.test_cli_runner().invoke(args=["user", "set-password", "walt", "--password", PASSWORD])
    client = new_client(app)
    for email in (KNOWN, UNKNOWN):
        ask(client, email, 0)
    taken: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for number in range(2 * PAIRS):
        # Interleaved, and the order turned round, so that a busy machine hits both alike.
        email = (KNOWN, UNKNOWN, UNKNOWN, KNOWN)[number % 4]
        started = time.perf_counter()
        ask(client, email, number)
        taken[email].append(time.perf_counter() - started)
    assert abs(rank_difference(taken[KNOWN], taken[UNKNOWN])) < Z_LIMIT


def rank_difference(first: list[float], second: list[float]) -> float:
    """How far two samples lie apart, in standard deviations (Mann and Whitney's U, normal approximation)."""
    wins = sum((a > b) + 0.5 * (a == b) for a in first for b in second)
    count, other = len(first), len(second)
    return (wins - count * other / 2) / math.sqrt(count * other * (count + other + 1) / 12)


@pytest.mark.databases("sqlite")
def test_links_cost_the_same_whether_or_not_there_is_an_account(
    cast: Cast, client: Visitor, queries: Queries
) -> None:
    """Asking takes a few statements and no hash, which is too short to time; the statements must be the same."""
    ask_for_a_link(client, KNOWN, 0)
    seen = []
    for email in (KNOWN, UNKNOWN):
        with queries.at_most(20) as recording:
            ask_for_a_link(client, email, 0)
        seen.append([statement.split("VALUES")[0] for statement in recording.statements])
    assert seen[0] == seen[1]


def test_invitation_of_a_stranger_says_nothing_of_accounts(cast: Cast, client: Visitor) -> None:
    answers = [client.get(f"/auth/invitation/{'x' * size}") for size in (1, 43, 500)]
    assert {answer.status_code for answer in answers} == {404}
