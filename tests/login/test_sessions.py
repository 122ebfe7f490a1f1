"""Login sessions: what begins, ends and survives, seen through HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from masthead.db import db
from masthead.login.models import LoginSession
from masthead.people.models import User
from tests.support.people import PASSWORD, Cast
from tests.support.queries import Queries
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def is_signed_in(client: Visitor) -> bool:
    return client.get("/auth/profile").status_code == 200


def session_cookie(client: Visitor) -> str:
    cookie = client.get_cookie("session")
    return cookie.value if cookie is not None else ""


def logins(app: Flask, user: User) -> int:
    with app.app_context():
        return (
            db.session.scalar(
                select(func.count()).select_from(LoginSession).where(LoginSession.user_id == user.id)
            )
            or 0
        )


def test_devices_are_listed_with_browser_and_network(cast: Cast, client: Visitor, sign_in: SignIn) -> None:
    client.environ_base |= {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "203.0.113.77"}
    sign_in(client, cast.walt)
    page = client.read("/auth/sessions").text("//main")
    assert "Firefox on Linux (this one)" in page
    assert "203.0.113.0/24" in page
    assert "203.0.113.77" not in page


def test_one_device_can_be_signed_out(cast: Cast, sign_in: SignIn) -> None:
    lost, kept = sign_in(cast.walt), sign_in(cast.walt)
    (action,) = [
        form.action
        for form in kept.read("/auth/sessions").forms
        if form.action.endswith("/end") and form.action != "/auth/sessions/end"
    ]
    kept.press("/auth/sessions", action=action)
    assert not is_signed_in(lost)
    assert is_signed_in(kept)


def test_every_other_device_can_be_signed_out(cast: Cast, sign_in: SignIn) -> None:
    first, second, present = (sign_in(cast.walt) for _ in range(3))
    present.press("/auth/sessions", action="/auth/sessions/end")
    assert [is_signed_in(client) for client in (first, second, present)] == [False, False, True]


def test_nobody_can_end_the_login_of_somebody_else(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    victim, attacker = sign_in(cast.walt), sign_in(cast.rhea)
    with app.app_context():
        login = db.session.scalars(select(LoginSession.id).where(LoginSession.user_id == cast.walt.id)).one()
    token = attacker.read("/auth/profile").form({"name": ""}).values["csrf_token"][0]
    answer = attacker.post(f"/auth/sessions/{login}/end", data={"csrf_token": token})
    assert answer.status_code == 404
    assert is_signed_in(victim)


def test_planted_session_does_not_become_a_signed_in_one(
    cast: Cast, client: Visitor, sign_in: SignIn
) -> None:
    client.get("/auth/login")
    planted = session_cookie(client)
    sign_in(client, cast.walt)
    client.delete_cookie("session")
    client.set_cookie("session", planted)
    assert not is_signed_in(client)


def test_second_sign_in_ends_the_login_of_the_same_browser(
    app: Flask, cast: Cast, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    old = session_cookie(client)
    client.press("/auth/profile", action="/auth/logout")
    sign_in(client, cast.walt)
    assert logins(app, cast.walt) == 1
    client.delete_cookie("session")
    client.set_cookie("session", old)
    assert not is_signed_in(client)


def test_copied_cookie_is_worth_nothing_after_signing_out(
    cast: Cast, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    copied = session_cookie(client)
    client.press("/auth/profile", action="/auth/logout")
    client.set_cookie("session", copied)
    assert not is_signed_in(client)


def test_changed_password_keeps_this_device_with_a_new_id(cast: Cast, sign_in: SignIn) -> None:
    other, present = sign_in(cast.walt), sign_in(cast.walt)
    old = session_cookie(present)
    answer = present.fill_in(
        "/auth/security",
        current_password=PASSWORD,
        password="seven ships of state",
        password_confirm="seven ships of state",
    )
    assert answer.status_code == 303
    assert (is_signed_in(other), is_signed_in(present)) == (False, True)
    assert session_cookie(present) != old
    sign_in(cast.walt, password="seven ships of state")


def test_wrong_present_password_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.walt)
    answer = client.fill_in(
        "/auth/security",
        current_password="wrong",
        password="seven ships of state",
        password_confirm="seven ships of state",
    )
    assert answer.status_code == 422
    sign_in(cast.walt)


@pytest.mark.parametrize(
    "command",
    [
        ["user", "disable", "walt"],
        ["user", "set-password", "walt", "--password", "seven ships of state"],
        ["user", "sign-out", "walt"],
    ],
)
def test_shell_ends_every_login(app: Flask, cast: Cast, sign_in: SignIn, command: list[str]) -> None:
    client = sign_in(cast.walt, remember=True)
    result = app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0, result.output
    assert not is_signed_in(client)


def test_administrator_signs_somebody_out(cast: Cast, sign_in: SignIn) -> None:
    walt, ada = sign_in(cast.walt), sign_in(cast.ada)
    token = ada.read("/auth/profile").form({"name": ""}).values["csrf_token"][0]
    assert ada.post(f"/admin/users/{cast.walt.id}/sign-out", data={"csrf_token": token}).status_code == 303
    assert not is_signed_in(walt)


def test_equal_rank_cannot_be_signed_out(cast: Cast, sign_in: SignIn) -> None:
    edith = sign_in(cast.edith)
    token = edith.read("/auth/profile").form({"name": ""}).values["csrf_token"][0]
    assert edith.post(f"/admin/users/{cast.ada.id}/sign-out", data={"csrf_token": token}).status_code == 403


def test_unused_login_ends(cast: Cast, sign_in: SignIn, later: Callable[[timedelta], None]) -> None:
    short, long = sign_in(cast.walt), sign_in(cast.walt, remember=True)
    later(timedelta(hours=25))
    assert (is_signed_in(short), is_signed_in(long)) == (False, True)


def test_used_login_goes_on_until_its_absolute_end(
    cast: Cast, sign_in: SignIn, later: Callable[[timedelta], None]
) -> None:
    client = sign_in(cast.walt, remember=True)
    for _ in range(4):
        later(timedelta(days=20))
        assert is_signed_in(client)
    later(timedelta(days=11))
    assert not is_signed_in(client)


def test_use_is_written_once_a_minute(
    cast: Cast, sign_in: SignIn, queries: Queries, later: Callable[[timedelta], None]
) -> None:
    client = sign_in(cast.walt)
    later(timedelta(seconds=61))
    with queries.recorded() as first:
        client.get("/auth/profile")
    with queries.recorded() as second:
        client.get("/auth/profile")
    assert [statement.startswith("UPDATE login_session") for statement in first.statements].count(True) == 1
    assert not any(statement.startswith("UPDATE") for statement in second.statements)


def test_login_and_account_cost_one_query(cast: Cast, sign_in: SignIn, queries: Queries) -> None:
    client = sign_in(cast.rhea)
    with queries.recorded() as recording:
        client.get("/auth/sessions")
    about_accounts = [
        statement for statement in recording.statements if "login_session.secret_hash = " in statement
    ]
    assert len(about_accounts) == 1
    # The login with its account and role, the list, the settings of the publication.
    assert len(recording) == 3, str(recording)


def test_remembered_login_has_a_cookie_that_outlives_the_browser(
    cast: Cast, new_client: NewClient, sign_in: SignIn
) -> None:
    remembered, forgotten = sign_in(cast.walt, remember=True), sign_in(cast.walt)
    kept, dropped = remembered.get_cookie("session"), forgotten.get_cookie("session")
    assert kept is not None
    assert dropped is not None
    assert kept.expires is not None
    assert dropped.expires is None


def test_session_cookie_is_protected_on_https(
    make_app: Callable[..., Flask], cast: Cast, new_client: NewClient
) -> None:
    client = new_client(make_app(SITE_URL="https://localhost"))
    page = client.get("/auth/login", base_url="https://localhost")
    (cookie,) = [value for value in page.headers.getlist("Set-Cookie") if "session" in value]
    assert cookie.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
