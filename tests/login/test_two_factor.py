"""The second step of signing in, attacked through HTTP (security.md rows 25, 28, 37, 39, 42)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from masthead.db import db
from masthead.login.models import LoginSession
from tests.support.factors import App, give_code, give_password, is_signed_in, set_up_app
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
Later = Callable[[timedelta], None]
SECOND_STEP = "/auth/second-step"


def test_app_code_after_the_password_signs_in(cast: Cast, client: Visitor, walts_app: App) -> None:
    assert give_password(client, cast.walt) == SECOND_STEP
    answer = client.fill_in(SECOND_STEP, otp=walts_app.code(1))
    assert (answer.status_code, answer.location) == (303, "/dashboard")
    assert is_signed_in(client)


def test_code_may_be_typed_with_a_space(cast: Cast, client: Visitor, walts_app: App) -> None:
    give_password(client, cast.walt)
    code = walts_app.code(1)
    assert give_code(client, f" {code[:3]} {code[3:]} ") == 303


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard",
        "/auth/profile",
        "/auth/security",
        "/auth/sessions",
        "/auth/security/authenticator",
        "/auth/confirm-identity",
        "/blog/create",
    ],
)
def test_password_alone_opens_no_page(cast: Cast, client: Visitor, walts_app: App, path: str) -> None:
    give_password(client, cast.walt)
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/auth/login?next=")


def test_password_alone_makes_no_login(app: Flask, cast: Cast, client: Visitor, walts_app: App) -> None:
    def logins() -> int:
        with app.app_context():
            mine = select(func.count()).select_from(LoginSession).where(LoginSession.user_id == cast.walt.id)
            return db.session.scalar(mine) or 0

    before = logins()
    give_password(client, cast.walt, remember=True)
    assert logins() == before
    assert client.get_cookie("device", path="/auth") is None


def test_second_step_without_the_first_asks_for_the_password(cast: Cast, client: Visitor) -> None:
    answer = client.get(SECOND_STEP)
    assert (answer.status_code, answer.location) == (303, "/auth/login")


def test_code_of_somebody_else_does_not_count(
    cast: Cast, client: Visitor, sign_in: SignIn, walts_app: App
) -> None:
    attacker = set_up_app(sign_in(cast.rhea))
    give_password(client, cast.walt)
    assert give_code(client, attacker.code(1)) == 422
    assert give_code(client, attacker.recovery_codes[0]) == 422
    assert not is_signed_in(client)


def test_code_counts_once(cast: Cast, new_client: NewClient, walts_app: App) -> None:
    code = walts_app.code(1)
    first, second = new_client(), new_client()
    give_password(first, cast.walt)
    give_password(second, cast.walt)
    assert [give_code(first, code), give_code(second, code)] == [303, 422]


def test_code_that_set_the_app_up_does_not_sign_in(cast: Cast, client: Visitor, walts_app: App) -> None:
    give_password(client, cast.walt)
    assert give_code(client, walts_app.first_code) == 422


def test_earlier_code_does_not_count_after_a_later_one(
    cast: Cast, new_client: NewClient, walts_app: App, later: Later
) -> None:
    later(timedelta(seconds=60))
    first, second = new_client(), new_client()
    give_password(first, cast.walt)
    give_password(second, cast.walt)
    assert [give_code(first, walts_app.code()), give_code(second, walts_app.code(-1))] == [303, 422]


@pytest.mark.parametrize("steps", [-2, 3, 20])
def test_code_of_another_time_does_not_count(
    cast: Cast, client: Visitor, walts_app: App, later: Later, steps: int
) -> None:
    later(timedelta(minutes=5))
    give_password(client, cast.walt)
    assert give_code(client, walts_app.code(steps)) == 422


def test_of_many_who_use_a_code_at_once_one_gets_in(
    cast: Cast, new_client: NewClient, walts_app: App, in_parallel: Callable[..., list[BaseException]]
) -> None:
    for code in (walts_app.code(1), walts_app.recovery_codes[0]):
        clients = [new_client() for _ in range(6)]
        tokens = []
        for client in clients:
            give_password(client, cast.walt)
            tokens.append(client.read(SECOND_STEP).form({"otp": ""}).values["csrf_token"][0])
        statuses: list[int] = []

        def send(client: Visitor, token: str, code: str = code, into: list[int] = statuses) -> None:
            into.append(client.post(SECOND_STEP, data={"csrf_token": token, "otp": code}).status_code)

        raised = in_parallel(
            *(
                lambda client=client, token=token: send(client, token)
                for client, token in zip(clients, tokens, strict=True)
            )
        )
        assert raised == []
        # Who comes last may find the limit of wrong codes used up by the others.
        assert statuses.count(303) == 1
        assert set(statuses) <= {303, 422, 429}


def test_wrong_codes_are_limited(cast: Cast, make_app: Callable[..., Flask], new_client: NewClient) -> None:
    app = make_app(RATELIMIT_SECOND_FACTOR="3 per hour")
    owner = new_client(app)
    give_password(owner, cast.walt)
    walts = set_up_app(owner)
    attacker = new_client(app)
    assert give_password(attacker, cast.walt) == SECOND_STEP
    form = attacker.read(SECOND_STEP).form({"otp": ""})
    statuses = []
    for number in range(5):
        attacker.environ_base |= {"REMOTE_ADDR": f"198.51.100.{number}"}
        answer = attacker.post(SECOND_STEP, data=form.filled({"otp": f"{number:06}"}, None))
        statuses.append(answer.status_code)
    assert statuses == [422, 422, 422, 429, 429]
    # Not even the right one, nor through another browser: the account is counted, not the session.
    again = new_client(app)
    give_password(again, cast.walt)
    assert give_code(again, walts.code(1)) == 429
    # The owner's own browser is counted by itself.
    owner.press("/auth/profile", action="/auth/logout")
    give_password(owner, cast.walt)
    assert give_code(owner, walts.code(1)) == 303


def test_wrong_codes_count_against_the_address(cast: Cast, client: Visitor, walts_app: App) -> None:
    give_password(client, cast.walt)
    form = client.read(SECOND_STEP).form({"otp": ""})
    statuses = [
        client.post(SECOND_STEP, data=form.filled({"otp": "000000"}, None)).status_code for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]


def test_half_a_sign_in_ends_after_ten_minutes(
    cast: Cast, client: Visitor, walts_app: App, later: Later
) -> None:
    give_password(client, cast.walt)
    later(timedelta(minutes=10, seconds=1))
    assert client.get(SECOND_STEP).location == "/auth/login"


@pytest.mark.parametrize(
    "command",
    [
        ["user", "disable", "walt"],
        ["user", "set-password", "walt", "--password", "seven ships of state"],
    ],
)
def test_half_a_sign_in_ends_with_the_account_or_its_password(
    cast: Cast, client: Visitor, walts_app: App, invoke: Callable[..., object], command: list[str]
) -> None:
    give_password(client, cast.walt)
    invoke(*command)
    assert client.get(SECOND_STEP).location == "/auth/login"


def test_password_by_link_does_not_get_around_the_second_step(
    cast: Cast, client: Visitor, walts_app: App, invoke: Callable[..., object]
) -> None:
    link = str(getattr(invoke("user", "reset-link", "walt"), "stdout", "")).strip()
    path = link.removeprefix("http://localhost")
    client.fill_in(path, password="seven ships of state", password_confirm="seven ships of state")
    assert not is_signed_in(client)
    assert give_password(client, cast.walt, password="seven ships of state") == SECOND_STEP


def test_second_step_leads_to_where_one_wanted_to_go(cast: Cast, client: Visitor, walts_app: App) -> None:
    answer = client.fill_in("/auth/login?next=/auth/sessions", email=cast.walt.email, password=PASSWORD)
    assert answer.location == f"{SECOND_STEP}?next=/auth/sessions"
    assert client.fill_in(answer.location, otp=walts_app.code(1)).location == "/auth/sessions"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil"])
def test_second_step_stays_on_this_site(cast: Cast, client: Visitor, walts_app: App, target: str) -> None:
    give_password(client, cast.walt)
    token = client.read(SECOND_STEP).form({"otp": ""}).values["csrf_token"][0]
    answer = client.post(
        SECOND_STEP, query_string={"next": target}, data={"csrf_token": token, "otp": walts_app.code(1)}
    )
    assert "evil" not in answer.location or answer.location.startswith("/%09/")


def test_remembered_sign_in_is_remembered_through_the_second_step(
    cast: Cast, client: Visitor, walts_app: App
) -> None:
    give_password(client, cast.walt, remember=True)
    give_code(client, walts_app.code(1))
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.expires is not None


def test_wrong_password_says_nothing_of_a_second_factor(cast: Cast, client: Visitor, walts_app: App) -> None:
    answers = [
        client.fill_in("/auth/login", email=user.email or "", password="wrong")
        for user in (cast.walt, cast.edith)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    texts = [document(answer).text("//main") for answer in answers]
    assert texts[0] == texts[1]
