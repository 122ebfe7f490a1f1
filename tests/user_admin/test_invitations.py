"""Invitations: links that make an account with a role."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from masthead.db import db
from masthead.people.models import User
from tests.support.people import Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
MakeApp = Callable[..., Flask]
NEW = "seven ships of state"


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
    assert (result.exit_code, result.output) == (1, "Error: Another account has this email address.\n")
