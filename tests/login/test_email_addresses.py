"""Confirming an address, and changing it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from masthead.db import db
from masthead.people.models import User
from tests.support.letters import Post, link_in
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
MakeApp = Callable[..., Flask]
NEW = "seven ships of state"


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


def test_new_password_voids_the_change_of_address_that_somebody_else_began(
    app: Flask, cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    client.fill_in("/auth/security", email="thief@example.net", current_password=PASSWORD)
    (link,) = [link_in(letter) for letter in post.letters() if letter["To"] == "thief@example.net"]
    changed = app.test_cli_runner().invoke(
        args=["user", "set-password", "walt", "--password", "seven ships of state"]
    )
    assert changed.exit_code == 0
    assert client.get(link).status_code == 404
    assert account(post.app, cast.walt).email == "walt@example.org"


def test_new_password_leaves_the_link_to_ones_present_address(
    app: Flask, post: Post, client: Visitor
) -> None:
    client.fill_in(
        "/auth/register", username="nora", email="nora@example.org", password=NEW, password_confirm=NEW
    )
    link = post.link()
    app.test_cli_runner().invoke(args=["user", "set-password", "nora", "--password", "eight ships of state"])
    assert client.get(link).status_code == 200


def test_address_of_somebody_else_cannot_be_taken(
    cast: Cast, post: Post, client: Visitor, sign_in: SignIn
) -> None:
    sign_in(client, cast.walt)
    client.fill_in("/auth/security", email="rhea@example.org", current_password=PASSWORD)
    assert confirm(client, post.link()).status_code == 409
    assert account(post.app, cast.walt).email == "walt@example.org"


def test_of_two_who_confirm_one_new_address_at_once_one_gets_it(
    cast: Cast,
    post: Post,
    new_client: NewClient,
    sign_in: SignIn,
    in_parallel: Callable[..., list[Exception]],
) -> None:
    browsers = []
    for person in (cast.walt, cast.rhea, cast.mona):
        browser = new_client(post.app)
        browser.environ_base |= {"wsgi.url_scheme": "https"}
        sign_in(browser, person)
        browser.fill_in("/auth/security", email="w@example.net", current_password=PASSWORD)
        browsers.append(browser)
    links = [link_in(letter) for letter in post.letters() if letter["To"] == "w@example.net"]
    assert len(links) == 3
    stranger = new_client(post.app)
    stranger.environ_base |= {"wsgi.url_scheme": "https"}
    codes: dict[int, int] = {}

    def use(number: int) -> None:
        codes[number] = confirm(browsers[number], links[number]).status_code

    def register() -> None:
        typed = {"password": NEW, "password_confirm": NEW}
        codes[3] = stranger.fill_in(
            "/auth/register", username="nora", email="w@example.net", **typed
        ).status_code

    assert in_parallel(*(lambda n=n: use(n) for n in range(3)), register) == []
    assert codes[3] == 303
    assert all(code < 500 for code in codes.values()), codes
    with post.app.app_context():
        owners = db.session.scalars(select(User.username).where(User.email == "w@example.net")).all()
    assert len(owners) == 1
    assert sum(codes[n] == 303 for n in range(3)) == (owners[0] != "nora")
