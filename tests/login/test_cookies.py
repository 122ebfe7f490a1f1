"""Cookies that somebody else has set or copied (security.md row 38), and accounts that are closed (row 42)."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import BylineFactory
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]


@pytest.fixture
def secret(cast: Cast, sign_in: SignIn) -> str:
    """The value of the cookie of a login that is open."""
    cookie = sign_in(cast.walt).get_cookie("session")
    assert cookie is not None
    return str(cookie.value)


@pytest.fixture
def status_with(app: Flask) -> Callable[[str], int]:
    """Ask for the desk with exactly this header."""
    bare = app.test_client(use_cookies=False)
    return lambda header: bare.get("/dashboard", headers={"Cookie": header}).status_code


@pytest.mark.parametrize(
    "header",
    [
        "=session={}",  # a cookie without a name, which browsers send as if it were one
        "={}",
        "; ={}",
        "Session={}",
        "session_={}",
        "__Host-session={}",
        "session%3D{}",
        "x=session={}",
    ],
)
def test_cookie_of_another_name_signs_nobody_in(
    status_with: Callable[[str], int], secret: str, header: str
) -> None:
    assert status_with(f"session={secret}") == 200
    assert status_with(header.format(secret)) == 302


def test_cookie_that_was_changed_signs_nobody_in(status_with: Callable[[str], int], secret: str) -> None:
    for forged in (
        secret[:-1],
        f"{secret}x",
        secret[::-1],
        secret.split(".", maxsplit=1)[0],
        "",
        "x" * 5_000,
    ):
        assert status_with(f"session={forged}") == 302


def test_every_cookie_of_the_site_is_protected(
    cast: Cast, make_app: Callable[..., Flask], new_client: NewClient
) -> None:
    client = new_client(make_app(SITE_URL="https://localhost"))
    client.environ_base |= {"wsgi.url_scheme": "https"}
    page = client.get("/auth/login", base_url="https://localhost")
    form = client.read("/auth/login").form({"email": ""})
    typed = form.filled({"email": cast.walt.email or "", "password": PASSWORD, "remember": True}, None)
    answer = client.post(
        "/auth/login", base_url="https://localhost", data=typed, headers={"Referer": "https://localhost/"}
    )
    assert answer.status_code == 303
    cookies = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith(("__Host-", "__Secure-"))
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_disabled_account_is_closed_to_programs_too(
    app: Flask, cast: Cast, client: Visitor, sign_in: SignIn
) -> None:
    body = {"email": cast.walt.email, "password": PASSWORD}
    tokens = client.post("/api/v1/auth/login", json=body).json
    assert tokens is not None
    browser = sign_in(cast.walt)
    app.test_cli_runner().invoke(args=["user", "disable", "walt"])
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
    renewal = {"refresh_token": tokens["refresh_token"]}
    assert client.post("/api/v1/auth/refresh", json=renewal).status_code == 401
    assert client.post("/api/v1/auth/login", json=body).status_code == 401
    assert browser.get("/dashboard").status_code == 302


def test_byline_has_no_way_in(app: Flask, client: Visitor) -> None:
    byline = BylineFactory()
    for identity in (byline.username, ""):
        answer = client.post("/api/v1/auth/login", json={"email": identity, "password": ""})
        assert 400 <= answer.status_code < 500
    result = app.test_cli_runner().invoke(args=["user", "reset-link", byline.username])
    assert result.exit_code == 1
    assert "a byline without an account" in result.output


def test_administrator_makes_no_link_for_a_byline(ada: Visitor) -> None:
    byline = BylineFactory()
    answer = ada.post(f"/admin/users/{byline.id}/reset-link", data={"csrf_token": ada.form_token()})
    assert answer.status_code == 409
