"""Invitations whose inviters could not make them any more."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from masthead import clock
from masthead.account_deletion import actions as deletion_actions
from masthead.account_deletion.content_policy import ContentPolicy
from masthead.db import db
from masthead.people import queries
from masthead.people.models import Role, User
from masthead.people.permissions import Permission
from masthead.user_admin import actions as user_admin_actions
from masthead.user_admin import role_actions
from tests.factories import UserFactory
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
OPEN = "/admin/users/invitations"
NEW = "seven ships of state"
SENTENCE = "its sender can no longer give this role"


@pytest.fixture
def boss(cast: object) -> User:
    """Another administrator, who invites."""
    return UserFactory(username="boss", role="administrator")


@pytest.fixture
def link(boss: User, sign_in: SignIn) -> str:
    """The path of an invitation to write, made by the boss."""
    answer = sign_in(boss).fill_in("/admin/users/invite", email="nina@example.org", role="author")
    (link,) = document(answer).all("//input[@id='link']/@value")
    return urlsplit(str(link)).path


def demote(boss: User) -> None:
    user_admin_actions.set_role(queries.get(boss.id), queries.chosen_role("editor", field="role"), by=None)


def disable(boss: User) -> None:
    user_admin_actions.disable(queries.get(boss.id), by=None)


def delete(boss: User) -> None:
    deletion_actions.request_deletion(
        queries.get(boss.id),
        posts=ContentPolicy.ANONYMISE,
        comments=ContentPolicy.ANONYMISE,
        heir="",
        at=clock.now(),
    )
    db.session.flush()
    deletion_actions.delete_if_due(boss.id, at=clock.now() + timedelta(days=15))


def raise_role(boss: User) -> None:
    user_admin_actions.set_role(queries.get(boss.id), queries.chosen_role("warden", field="role"), by=None)


def accept(visitor: Visitor, path: str) -> int:
    forms = visitor.read("/auth/login").forms
    token = next(form.values["csrf_token"] for form in forms if "csrf_token" in form.values)
    data = {"username": "nina", "password": NEW, "password_confirm": NEW, "csrf_token": token}
    return visitor.post(path, data=data).status_code


def is_there(app: Flask) -> bool:
    with app.app_context():
        return db.session.scalar(select(User.id).where(User.username == "nina")) is not None


@pytest.mark.parametrize("deed", [demote, disable, delete, raise_role])
def test_an_invitation_is_worth_what_its_inviter_may_do(
    app: Flask,
    client: Visitor,
    ada: Visitor,
    boss: User,
    link: str,
    make_role: Callable[..., Role],
    deed: Callable[[User], None],
) -> None:
    # Who may invite readers, but has not the rights of an author.
    make_role("warden", ["users.manage"], 60)
    assert client.get(link).status_code == 200
    with app.app_context():
        deed(boss)
        db.session.commit()
    page = client.get(link)
    assert page.status_code == 403
    assert SENTENCE in page.text
    assert accept(client, link) == 403
    assert not is_there(app)
    (row,) = ada.read(OPEN).texts("//tbody/tr")
    assert "Void" in row
    assert "boss no longer has permission to give this role." in row


def test_an_inviter_who_gets_the_right_back_vouches_again(
    app: Flask, client: Visitor, boss: User, link: str
) -> None:
    for role in ("reader", "administrator"):
        with app.app_context():
            user_admin_actions.set_role(
                queries.get(boss.id), queries.chosen_role(role, field="role"), by=None
            )
            db.session.commit()
    assert accept(client, link) == 303
    assert is_there(app)


def test_another_administrator_sends_a_void_invitation_again_in_their_own_name(
    app: Flask, client: Visitor, ada: Visitor, boss: User, link: str
) -> None:
    with app.app_context():
        demote(boss)
        db.session.commit()
    (form,) = (form for form in ada.read(OPEN).forms if form.action.endswith("/again"))
    (fresh,) = document(ada.press(OPEN, action=form.action)).all("//input[@id='link']/@value")
    assert accept(client, urlsplit(str(fresh)).path) == 303


@pytest.mark.parametrize("attempt", range(3))
def test_of_accepting_and_taking_the_right_away_one_comes_first(
    app: Flask,
    new_client: Callable[..., Visitor],
    boss: User,
    link: str,
    in_parallel: Callable[..., list[Exception]],
    attempt: int,
) -> None:
    client = new_client(app)
    statuses: list[int] = []

    def take_away() -> None:
        with app.app_context():
            demote(boss)
            db.session.commit()

    assert in_parallel(lambda: statuses.append(accept(client, link)), take_away) == []
    assert statuses in ([303], [403])
    assert is_there(app) == (statuses == [303])


def test_of_accepting_and_deleting_the_role_of_the_inviter_nobody_waits_for_ever(
    app: Flask,
    client: Visitor,
    link: str,
    boss: User,
    make_role: Callable[..., Role],
    cast: object,
    in_parallel: Callable[..., list[Exception]],
) -> None:
    make_role("chief", [permission.value for permission in Permission], 90)
    with app.app_context():
        user_admin_actions.set_role(queries.get(boss.id), queries.chosen_role("chief", field="role"), by=None)
        db.session.commit()
    statuses: list[int] = []

    def delete_role() -> None:
        with app.app_context():
            ada = db.session.scalars(queries.users().where(User.username == "ada")).one()
            role, heir = (
                queries.chosen_role("chief", field="role"),
                queries.chosen_role("reader", field="role"),
            )
            role_actions.delete(role, by=ada, heir=heir)
            db.session.commit()

    assert in_parallel(lambda: statuses.append(accept(client, link)), delete_role) == []
    assert statuses in ([303], [403])
