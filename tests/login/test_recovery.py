"""Forgotten passwords: links that work once, to set another one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.jobs.models import Job
from masthead.login.models import AccountToken
from tests.support.databases import Database
from tests.support.letters import Post, link_in
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
MakeApp = Callable[..., Flask]
NEW = "seven ships of state"


@pytest.fixture
def client(post: Post, new_client: NewClient) -> Visitor:
    visitor = new_client(post.app)
    visitor.environ_base |= {"wsgi.url_scheme": "https"}
    return visitor


def ask(client: Visitor, email: str) -> None:
    assert client.fill_in("/auth/forgot", email=email).status_code == 303


def test_link_in_the_letter_sets_a_new_password(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn, new_client: NewClient
) -> None:
    lost = sign_in(new_client(), cast.walt)
    ask(client, "WALT@example.org")
    (letter,) = post.letters()
    assert letter["To"] == "walt@example.org"
    assert client.fill_in(link_in(letter), password=NEW, password_confirm=NEW).status_code == 303
    assert lost.get("/auth/profile").status_code == 302, "old logins have ended"
    sign_in(new_client(), cast.walt, password=NEW)


def test_known_and_unknown_address_get_the_same_answer(cast: Cast, post: Post, client: Visitor) -> None:
    answers = [
        client.fill_in("/auth/forgot", email=email) for email in ("walt@example.org", "nobody@example.org")
    ]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].location == answers[1].location
    assert answers[0].data == answers[1].data
    assert len(post.letters()) == 1


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_link_does_not_use_it_up(cast: Cast, post: Post, client: Visitor, method: str) -> None:
    ask(client, "walt@example.org")
    link = post.link()
    for _ in range(3):
        assert getattr(client, method)(link).status_code == 200
    assert client.fill_in(link, password=NEW, password_confirm=NEW).status_code == 303


def test_link_works_once(cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    link = post.link()
    form = client.read(link).form({"password": NEW}).values
    data = {"csrf_token": form["csrf_token"][0], "password": NEW, "password_confirm": NEW}
    assert client.post(link, data=data).status_code == 303
    assert client.post(link, data=data).status_code == 404
    assert client.get(link).status_code == 404


def test_of_parallel_uses_one_succeeds(
    cast: Cast, post: Post, client: Visitor, new_client: NewClient
) -> None:
    ask(client, "walt@example.org")
    link = post.link()

    def use(_number: int) -> int:
        visitor = new_client(post.app)
        visitor.environ_base |= {"wsgi.url_scheme": "https"}
        page = visitor.get(link)
        if page.status_code != 200:
            return page.status_code
        token = document(page).form({"password": NEW}).values["csrf_token"][0]
        data = {"csrf_token": token, "password": NEW, "password_confirm": NEW}
        return visitor.post(link, data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(use, range(12)))
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 404}


def test_link_ends_after_an_hour(
    cast: Cast, post: Post, client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "walt@example.org")
    link = post.link()
    late = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert client.get(link).status_code == 404


def test_new_password_voids_other_links(cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    ask(client, "walt@example.org")
    first, second = (link_in(letter) for letter in post.letters())
    client.fill_in(first, password=NEW, password_confirm=NEW)
    assert client.get(second).status_code == 404


def test_disabled_account_cannot_use_its_link(app: Flask, cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    link = post.link()
    app.test_cli_runner().invoke(args=["user", "disable", "walt"])
    assert client.get(link).status_code == 404


def test_weak_password_leaves_the_link_unused(cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    link = post.link()
    assert client.fill_in(link, password="password1", password_confirm="password1").status_code == 422
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"Host": "localhost"},  # another name of ours, but not the public one
    ],
)
def test_link_names_the_site_whatever_the_request_says(
    cast: Cast, post: Post, client: Visitor, headers: dict[str, str]
) -> None:
    token = client.read("/auth/forgot").form({"email": ""}).values["csrf_token"][0]
    client.post("/auth/forgot", data={"csrf_token": token, "email": "walt@example.org"}, headers=headers)
    assert post.link().startswith("/auth/reset/")


def test_link_that_is_shown_names_the_site_too(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.ada)
    answer = client.fill_in("/admin/users/invite", email="nina@example.org", role="reader")
    assert "https://news.example.org/auth/invitation/" in answer.text
    assert "localhost/auth" not in answer.text


def test_unknown_host_is_refused(cast: Cast, post: Post, client: Visitor) -> None:
    assert client.get("/auth/forgot", headers={"Host": "evil.example"}).status_code == 400


def test_secret_is_stored_nowhere(cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    secret = post.link().rpartition("/")[2]
    with post.app.app_context():
        stored = [token.secret_hash for token in db.session.scalars(select(AccountToken))]
        jobs = [str(job.args) + job.last_error for job in db.session.scalars(select(Job))]
    assert all(secret not in text for text in [*stored, *jobs])


@pytest.mark.parametrize("wrong", [slice(None, -1), slice(1, None), slice(None, 10)])
def test_part_of_a_secret_is_worth_nothing(cast: Cast, post: Post, client: Visitor, wrong: slice) -> None:
    """What is looked up is a hash, so that a right beginning neither opens anything nor takes longer (row 26)."""
    ask(client, "walt@example.org")
    link = post.link()
    path, secret = link.rsplit("/", 1)
    near, far = client.get(f"{path}/{secret[wrong]}"), client.get(f"{path}/{'x' * len(secret[wrong])}")
    assert (near.status_code, far.status_code) == (404, 404)
    assert document(near).text("//main") == document(far).text("//main")
    assert client.get(link).status_code == 200


def test_link_is_not_told_to_other_sites(cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    answer = client.get(post.link())
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_letters_of_each_purpose_have_a_budget_of_their_own(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn, new_client: NewClient
) -> None:
    sign_in(client, cast.walt)
    victim = "victim@example.net"
    for number in range(5):
        client.fill_in("/auth/security", email=victim, current_password=PASSWORD)
        ask(client, "walt@example.org")
        ask(client, ["VICTIM@example.net", victim, "Victim@Example.Net"][number % 3])
    stranger = new_client(post.app)
    stranger.environ_base |= {"wsgi.url_scheme": "https"}
    with_password = {"password": PASSWORD, "password_confirm": PASSWORD}
    for number in range(5):
        stranger.fill_in(
            "/auth/register", username=f"nora{number}", email="walt@example.org", **with_password
        )
    sent = [str(letter["To"]).lower() for letter in post.letters()]
    assert sent.count("walt@example.org") == 3 + 3
    assert sent.count(victim) == 3


def test_invitations_count_as_letters(cast: Cast, post: Post, client: Visitor, sign_in: SignIn) -> None:
    sign_in(client, cast.ada)
    for _ in range(7):
        answer = client.fill_in("/admin/users/invite", email="victim@example.net", role="reader")
        assert "/auth/invitation/" in answer.text
    assert len(post.letters()) <= 3


def test_requests_for_letters_from_one_address_are_limited(
    cast: Cast, make_app: MakeApp, new_client: NewClient, tmp_path: Path
) -> None:
    client = new_client(make_app(RATELIMIT_LETTER_REQUESTS="2 per hour", MAIL_URL=f"file://{tmp_path}"))
    answers = [client.fill_in("/auth/forgot", email=f"x{number}@example.org") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 3_600
    assert "Come back in" in document(answers[2]).text("//main")


def test_one_address_gets_three_letters_in_a_quarter_of_an_hour(
    cast: Cast, post: Post, client: Visitor, later: Callable[[timedelta], None]
) -> None:
    for _ in range(12):
        ask(client, "walt@example.org")
    assert len(post.letters()) == 3
    later(timedelta(minutes=15, seconds=1))
    ask(client, "walt@example.org")
    assert len(post.letters()) == 4


@pytest.mark.parametrize("address", ["%@example.org", "w_lt@example.org", "walt@example.org%"])
def test_wildcards_are_letters_like_others(cast: Cast, post: Post, client: Visitor, address: str) -> None:
    ask(client, address)
    assert post.letters() == []


def test_letter_goes_to_the_stored_address(cast: Cast, post: Post, client: Visitor) -> None:
    """The dotless i folds to another letter than i, and a fullwidth letter is not its ASCII twin."""
    for typed in ("wａlt@example.org", "walt@example.org\u200b"):
        client.fill_in("/auth/forgot", email=typed)
    assert all(letter["To"] == "walt@example.org" for letter in post.letters())


def test_shell_prints_a_link_that_works(
    app: Flask, cast: Cast, new_client: NewClient, sign_in: SignIn
) -> None:
    printed = app.test_cli_runner().invoke(args=["user", "reset-link", "walt"]).output.strip()
    assert printed.startswith("http://localhost/auth/reset/")
    path = printed.removeprefix("http://localhost")
    assert new_client().fill_in(path, password=NEW, password_confirm=NEW).status_code == 303
    sign_in(cast.walt, password=NEW)


def test_administrator_is_shown_a_link_that_works(cast: Cast, new_client: NewClient, sign_in: SignIn) -> None:
    ada = sign_in(cast.ada)
    token = ada.read("/auth/profile").form({"name": ""}).values["csrf_token"][0]
    page = document(ada.post(f"/admin/users/{cast.walt.id}/reset-link", data={"csrf_token": token}))
    (link,) = page.all("//input[@id='link']/@value")
    path = str(link).removeprefix("http://localhost")
    assert new_client().fill_in(path, password=NEW, password_confirm=NEW).status_code == 303


def test_forgotten_page_without_mail_says_whom_to_ask(database: Database, new_client: NewClient) -> None:
    page = new_client().read("/auth/forgot")
    assert "sends no email" in page.text("//main")


def test_letter_is_not_sent_to_an_account_disabled_meanwhile(
    app: Flask, cast: Cast, post: Post, client: Visitor
) -> None:
    ask(client, "walt@example.org")
    app.test_cli_runner().invoke(args=["user", "disable", "walt"])
    assert post.letters() == []
