import re

import pytest

from tests.support.people import PASSWORD
from tests.support.visitors import document

NEW = {
    "username": "nina",
    "email": "nina@example.org",
    "password": "seven wet umbrellas",
    "password_confirm": "seven wet umbrellas",
}


def test_register_then_log_in(client):
    assert client.fill_in("/auth/register", NEW).status_code == 303
    response = client.fill_in("/auth/login", email="nina@example.org", password="seven wet umbrellas")
    assert response.status_code == 303
    assert response.location == "/dashboard"
    assert client.get("/dashboard").status_code == 200


def test_register_does_not_sign_in(client):
    client.fill_in("/auth/register", NEW)
    assert client.get("/dashboard").status_code == 302


def test_register_answers_the_same_for_a_known_address(client, cast):
    unknown = client.fill_in("/auth/register", NEW)
    known = client.fill_in("/auth/register", NEW | {"username": "other", "email": cast.walt.email.upper()})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("username", "ab"),  # too short
        ("username", "n" * 31),  # too long
        ("username", "no spaces"),
        ("username", "../etc"),
        ("username", "nul\0byte"),
        ("email", "nobody"),
        ("email", "two@at@signs"),
        ("email", "x" * 300 + "@example.org"),
        ("password", "short"),
        ("password", "p" * 1_025),
        ("password_confirm", "something else"),
    ],
)
def test_register_shows_the_error_beside_the_field_and_keeps_the_rest(client, field, typed):
    response = client.fill_in("/auth/register", NEW | {field: typed})
    assert response.status_code == 422
    page = document(response)
    assert page.error_of(field)
    if field != "username":
        assert page.value_of("username") == "nina"
    assert page.value_of("password") in {"", None}


@pytest.mark.parametrize("taken", ["walt", "WALT", "ｗａｌｔ"])
def test_register_refuses_a_name_that_looks_like_another(client, cast, taken):
    response = client.fill_in("/auth/register", NEW | {"username": taken})
    assert response.status_code == 422
    assert document(response).error_of("username")


def test_register_is_closed_when_the_settings_say_so(make_app, new_client):
    visitor = new_client(make_app(REGISTRATION="closed"))
    assert visitor.get("/auth/register").status_code == 403


def test_log_in_says_the_same_for_a_wrong_password_and_an_unknown_address(client, cast):
    wrong = client.fill_in("/auth/login", email=cast.walt.email, password="not his password")
    unknown = client.fill_in("/auth/login", email="nobody@example.org", password="not his password")
    assert wrong.status_code == unknown.status_code == 422
    assert document(wrong).text("//main//*[@role='alert']") == document(unknown).text(
        "//main//*[@role='alert']"
    )


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "///evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/%0d%0aSet-Cookie:x=y\r\n",
        " /dashboard",
    ],
)
def test_log_in_never_redirects_to_another_site(client, cast, target):
    form = client.read("/auth/login").form({"email": ""}, None, None)
    data = form.filled({"email": cast.walt.email, "password": PASSWORD}, None)
    response = client.post("/auth/login", query_string={"next": target}, data=data)
    assert response.status_code == 303
    assert re.match(r"/(?![/\\])", response.location)


def test_log_in_goes_on_to_where_the_reader_wanted_to_go(client, cast):
    asked = client.get("/blog/my-posts?status=draft")
    assert asked.status_code == 302
    response = client.fill_in(asked.location, email=cast.walt.email, password=PASSWORD)
    assert response.location == "/blog/my-posts?status=draft"


def test_remember_me_outlives_the_browser_session(client, cast, sign_in):
    sign_in(client, cast.walt, remember=True)
    assert client.get_cookie("session").expires is not None


def test_without_remember_me_closing_the_browser_signs_out(client, cast, sign_in):
    sign_in(client, cast.walt)
    client.delete_cookie("session")
    assert client.get("/dashboard").status_code == 302


def test_log_out_forgets_the_remembered_device_too(client, cast, sign_in):
    sign_in(client, cast.walt, remember=True)
    assert client.press("/dashboard", action="/auth/logout").status_code == 303
    assert client.get("/dashboard").status_code == 302


def test_log_out_needs_a_post(client, cast, sign_in):
    sign_in(client, cast.walt)
    assert client.get("/auth/logout").status_code == 405
    assert client.get("/dashboard").status_code == 200


def test_profile_changes_what_readers_see(client, cast, sign_in):
    sign_in(client, cast.walt)
    assert (
        client.fill_in("/auth/profile", name="Walter Bylines", bio="Writes about rivers.").status_code == 303
    )
    page = client.get("/blog/author/walt").text
    assert "Walter Bylines" in page
    assert "Writes about rivers." in page


@pytest.mark.parametrize(
    "website", ["javascript:alert(1)", "data:text/html,x", "https://", "java\tscript:alert(1)"]
)
def test_profile_refuses_a_website_that_is_none(client, cast, sign_in, website):
    sign_in(client, cast.walt)
    response = client.fill_in("/auth/profile", website=website)
    assert response.status_code == 422
    assert document(response).error_of("website")


def test_a_planted_session_cookie_does_not_become_the_signed_in_one(client, cast, sign_in):
    client.read("/auth/login")
    planted = client.get_cookie("session")
    sign_in(client, cast.walt)
    assert planted is not None
    assert client.get_cookie("session").value != planted.value


def test_cookies_are_httponly_and_lax(client, cast):
    response = client.fill_in("/auth/login", email=cast.walt.email, password=PASSWORD, remember=True)
    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) >= 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
