"""Links that work once: forgotten passwords, confirmations, changes of address, invitations."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from masthead import clock
from masthead.accounts.models import AccountToken, User
from masthead.db import db
from masthead.jobs.models import Job
from masthead.jobs.runner import Runner
from tests.support.databases import Database
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
MakeApp = Callable[..., Flask]
NEW = "seven ships of state"
LINK = re.compile(r"https://news\.example\.org(/\S+)")


class Post:
    """An application that puts its letters into a folder."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder

    def letters(self) -> list[EmailMessage]:
        """Deliver what waits, and read everything that was sent so far."""
        Runner(self.app).run_due()
        paths = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def link(self) -> str:
        """The path of the link in the only letter."""
        (letter,) = self.letters()
        return link_in(letter)


def link_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    (path,) = LINK.findall(body.get_content())
    return str(path)


@pytest.fixture
def post(make_app: MakeApp, tmp_path: Path) -> Post:
    folder = tmp_path / "letters"
    app = make_app(
        MAIL_URL=f"file://{folder}",
        SITE_URL="https://news.example.org",
        TRUSTED_HOSTS="localhost,news.example.org",
    )
    return Post(app, folder)


@pytest.fixture
def client(post: Post, new_client: NewClient) -> Visitor:
    visitor = new_client(post.app)
    visitor.environ_base |= {"wsgi.url_scheme": "https"}
    return visitor


def account(app: Flask, user: User) -> User:
    with app.app_context():
        return db.session.scalars(select(User).where(User.id == user.id)).one()


def ask(client: Visitor, email: str) -> None:
    assert client.fill_in("/auth/forgot", email=email).status_code == 303


def confirm(client: Visitor, link: str) -> TestResponse:
    """Press the button of the page behind the link."""
    return client.press(link, action="")


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


def test_unknown_host_is_refused(cast: Cast, post: Post, client: Visitor) -> None:
    assert client.get("/auth/forgot", headers={"Host": "evil.example"}).status_code == 400


def test_secret_is_stored_nowhere(cast: Cast, post: Post, client: Visitor) -> None:
    ask(client, "walt@example.org")
    secret = post.link().rpartition("/")[2]
    with post.app.app_context():
        stored = [token.secret_hash for token in db.session.scalars(select(AccountToken))]
        jobs = [str(job.args) + job.last_error for job in db.session.scalars(select(Job))]
    assert all(secret not in text for text in [*stored, *jobs])


def test_one_address_gets_five_letters_a_day(cast: Cast, post: Post, client: Visitor) -> None:
    for _ in range(12):
        ask(client, "walt@example.org")
    assert len(post.letters()) == 5


@pytest.mark.parametrize("address", ["%@example.org", "w_lt@example.org", "walt@example.org%"])
def test_wildcards_are_letters_like_others(cast: Cast, post: Post, client: Visitor, address: str) -> None:
    ask(client, address)
    assert post.letters() == []


def test_letter_goes_to_the_stored_address(cast: Cast, post: Post, client: Visitor) -> None:
    """The dotless i folds to another letter than i, and a fullwidth letter is not its ASCII twin."""
    for typed in ("wａlt@example.org", "walt@example.org\u200b"):
        client.fill_in("/auth/forgot", email=typed)
    assert all(letter["To"] == "walt@example.org" for letter in post.letters())


def test_registration_sends_a_letter_that_confirms(app: Flask, post: Post, client: Visitor) -> None:
    client.fill_in(
        "/auth/register",
        username="nora",
        email="nora@example.org",
        password=PASSWORD,
        password_confirm=PASSWORD,
    )
    link = post.link()
    assert client.get(link).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(User.confirmed_at)).one() is None
    assert client.press(link).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(User.confirmed_at)).one() is not None


def test_registration_with_a_known_address_tells_its_owner_only(
    cast: Cast, post: Post, client: Visitor
) -> None:
    known, new = (
        client.fill_in(
            "/auth/register", username=name, email=email, password=PASSWORD, password_confirm=PASSWORD
        )
        for name, email in (("someone", "walt@example.org"), ("nora", "nora@example.org"))
    )
    assert (known.status_code, known.location, known.data) == (new.status_code, new.location, new.data)
    subjects = {letter["To"]: letter["Subject"] for letter in post.letters()}
    assert "already" in subjects["walt@example.org"]
    assert "Confirm" in subjects["nora@example.org"]


def test_new_address_counts_when_its_link_was_used(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    client.fill_in("/auth/security", email="w@example.net", current_password=PASSWORD)
    assert account(post.app, cast.walt).email == "walt@example.org"
    (letter,) = post.letters()
    assert letter["To"] == "w@example.net"
    confirm(client, link_in(letter))
    assert account(post.app, cast.walt).email == "w@example.net"


def test_change_of_address_needs_the_password(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    assert (
        client.fill_in("/auth/security", email="w@example.net", current_password="wrong").status_code == 422
    )
    assert post.letters() == []


def test_change_of_address_voids_the_link_to_the_old_one(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    ask(client, "walt@example.org")
    old = post.link()
    sign_in(client, cast.walt)
    client.fill_in("/auth/security", email="w@example.net", current_password=PASSWORD)
    (letter,) = [letter for letter in post.letters() if letter["To"] == "w@example.net"]
    confirm(client, link_in(letter))
    assert client.get(old).status_code == 404


def test_address_of_somebody_else_cannot_be_taken(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    client.fill_in("/auth/security", email="rhea@example.org", current_password=PASSWORD)
    assert confirm(client, post.link()).status_code == 409
    assert account(post.app, cast.walt).email == "walt@example.org"


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


def test_invitation_makes_an_account_with_its_role(
    app: Flask, new_client: NewClient, make_app: MakeApp
) -> None:
    invited = app.test_cli_runner().invoke(args=["user", "invite", "nora@example.org", "--role", "author"])
    path = invited.output.strip().removeprefix("http://localhost")
    client = new_client(make_app(REGISTRATION="invite"))
    assert client.get("/auth/register").status_code == 403
    answer = client.fill_in(path, username="nora", password=NEW, password_confirm=NEW)
    assert answer.status_code == 303
    with app.app_context():
        role = db.session.scalars(select(User.role_id).where(User.email == "nora@example.org")).one()
        assert role is not None
    assert client.get(path).status_code == 404


def test_closed_registration_takes_no_invitation(
    app: Flask, new_client: NewClient, make_app: MakeApp
) -> None:
    invited = app.test_cli_runner().invoke(args=["user", "invite", "nora@example.org"])
    path = invited.output.strip().removeprefix("http://localhost")
    assert new_client(make_app(REGISTRATION="closed")).get(path).status_code == 403


def test_invitation_for_a_known_address_is_refused(app: Flask, cast: Cast) -> None:
    result = app.test_cli_runner().invoke(args=["user", "invite", "walt@example.org"])
    assert (result.exit_code, result.output) == (1, "Error: Another account has this e-mail address.\n")


def test_forgotten_page_without_mail_says_whom_to_ask(database: Database, new_client: NewClient) -> None:
    page = new_client().read("/auth/forgot")
    assert "sends no letters" in page.text("//main")


def test_letter_is_not_sent_to_an_account_disabled_meanwhile(
    app: Flask, cast: Cast, post: Post, client: Visitor
) -> None:
    ask(client, "walt@example.org")
    app.test_cli_runner().invoke(args=["user", "disable", "walt"])
    assert post.letters() == []
