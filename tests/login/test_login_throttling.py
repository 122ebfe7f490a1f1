"""Failed sign-ins are limited, and nobody can lock the owner of an account out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from masthead.people.models import User
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
MakeApp = Callable[..., Flask]


def at(client: Visitor, address: str) -> Visitor:
    client.environ_base |= {"REMOTE_ADDR": address}
    return client


def attempt(client: Visitor, email: str | None, password: str = "wrong", **headers: str) -> int:
    token = client.read("/auth/login").form({"email": ""}).values["csrf_token"][0]
    data = {"csrf_token": token, "email": email, "password": password}
    return client.post("/auth/login", data=data, headers=headers).status_code


def test_eleventh_failure_from_an_address_has_to_wait(cast: Cast, client: Visitor) -> None:
    statuses = [attempt(client, f"somebody{number}@example.org") for number in range(12)]
    assert statuses == [422] * 10 + [429] * 2


def test_answer_says_when_to_come_back(cast: Cast, client: Visitor) -> None:
    for _ in range(10):
        attempt(client, "walt@example.org")
    token = client.read("/auth/login").form({"email": ""}).values["csrf_token"][0]
    answer = client.post("/auth/login", data={"csrf_token": token, "email": "w@example.org", "password": "x"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert "Come back in 5 minutes" in document(answer).text("//main")


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "X_Forwarded_For",
        "CF-Connecting-IP",
        "True-Client-IP",
        "Client-IP",
    ],
)
def test_made_up_addresses_do_not_help(cast: Cast, client: Visitor, header: str) -> None:
    statuses = [
        attempt(client, f"somebody{number}@example.org", **{header: f"198.51.100.{number}"})
        for number in range(12)
    ]
    assert statuses[-1] == 429


def test_behind_a_trusted_proxy_the_last_hop_counts(
    cast: Cast, make_app: MakeApp, new_client: NewClient
) -> None:
    client = new_client(make_app(TRUSTED_PROXIES=1))
    for number in range(10):
        attempt(
            client, f"somebody{number}@example.org", **{"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.7"}
        )
    assert attempt(client, "else@example.org", **{"X-Forwarded-For": "192.0.2.99, 198.51.100.7"}) == 429
    assert attempt(client, "else@example.org", **{"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}) == 422


def test_one_ipv6_customer_is_one_address(cast: Cast, new_client: NewClient) -> None:
    statuses = [
        attempt(at(new_client(), f"2001:db8:1:2::{number}"), f"somebody{number}@example.org")
        for number in range(12)
    ]
    assert statuses[-1] == 429


def test_account_is_guarded_against_many_addresses(cast: Cast, new_client: NewClient) -> None:
    statuses = [attempt(at(new_client(), f"198.51.100.{number}"), "walt@example.org") for number in range(12)]
    assert statuses == [422] * 10 + [429] * 2


def test_known_and_unknown_accounts_are_limited_alike(cast: Cast, new_client: NewClient) -> None:
    known, unknown = (
        [attempt(at(new_client(), f"198.51.{block}.{number}"), email) for number in range(12)]
        for block, email in ((1, "walt@example.org"), (2, "nobody@example.org"))
    )
    assert known == unknown


def use_up(new_client: NewClient, user: User) -> None:
    for number in range(12):
        attempt(at(new_client(), f"198.51.100.{number}"), user.email)


def test_owner_on_a_known_device_is_not_locked_out(
    cast: Cast, new_client: NewClient, sign_in: SignIn
) -> None:
    device = at(new_client(), "203.0.113.5")
    sign_in(device, cast.walt)
    device.press("/auth/profile", action="/auth/logout")
    use_up(new_client, cast.walt)
    assert attempt(at(new_client(), "203.0.113.6"), cast.walt.email, PASSWORD) == 429
    assert attempt(device, cast.walt.email, PASSWORD) == 303


def test_known_device_is_limited_too(cast: Cast, client: Visitor, sign_in: SignIn) -> None:
    sign_in(client, cast.walt)
    client.press("/auth/profile", action="/auth/logout")
    assert [attempt(client, cast.walt.email) for _ in range(12)] == [422] * 10 + [429] * 2


def test_device_cookie_of_one_account_says_nothing_for_another(
    cast: Cast, client: Visitor, new_client: NewClient, sign_in: SignIn
) -> None:
    sign_in(client, cast.rhea)
    client.press("/auth/profile", action="/auth/logout")
    use_up(new_client, cast.walt)
    assert attempt(at(client, "203.0.113.5"), cast.walt.email, PASSWORD) == 429


def test_forged_device_cookie_is_worth_nothing(cast: Cast, client: Visitor, new_client: NewClient) -> None:
    use_up(new_client, cast.walt)
    client.set_cookie("device", "eyJkIjoiYSIsImEiOlsiYiJdfQ.forged", path="/auth")
    assert attempt(client, cast.walt.email, PASSWORD) == 429


def test_successes_are_not_counted(cast: Cast, new_client: NewClient) -> None:
    assert [attempt(new_client(), cast.walt.email, PASSWORD) for _ in range(12)] == [303] * 12


def test_parallel_attempts_get_no_more_than_the_limit(cast: Cast, new_client: NewClient) -> None:
    clients = [at(new_client(), f"198.51.100.{number}") for number in range(24)]
    tokens = [client.read("/auth/login").form({"email": ""}).values["csrf_token"][0] for client in clients]

    def guess(number: int) -> int:
        data = {"csrf_token": tokens[number], "email": cast.walt.email, "password": "wrong"}
        return clients[number].post("/auth/login", data=data).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(24)))
    # 503 is the answer where too many hash at once; it was counted as an attempt.
    assert statuses.count(422) + statuses.count(503) == 10
    assert statuses.count(429) == 14


def test_everything_failing_together_is_limited(cast: Cast, make_app: MakeApp, new_client: NewClient) -> None:
    app = make_app(RATELIMIT_SIGN_IN_TOTAL="5 per 5 minutes")
    statuses = [
        attempt(at(new_client(app), f"198.51.100.{number}"), f"somebody{number}@example.org")
        for number in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_limits_can_be_switched_off(cast: Cast, make_app: MakeApp, new_client: NewClient) -> None:
    client = new_client(make_app(RATELIMIT_ENABLED=False))
    assert [attempt(client, "walt@example.org") for _ in range(12)] == [422] * 12


def test_registrations_from_one_address_are_limited(make_app: MakeApp, new_client: NewClient) -> None:
    client = new_client(make_app(RATELIMIT_REGISTRATION="2 per hour"))
    statuses = [
        client.fill_in(
            "/auth/register",
            username=f"nora{number}",
            email=f"nora{number}@example.org",
            password=PASSWORD,
            password_confirm=PASSWORD,
        ).status_code
        for number in range(3)
    ]
    assert statuses == [303, 303, 429]
