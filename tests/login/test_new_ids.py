"""A change of rights: a login goes on under a new id, and the old one is worth nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from masthead import clock
from masthead.api_tokens.models import RefreshFamily
from masthead.db import db
from masthead.login.models import LoginSession
from masthead.people.models import Role
from tests.support.people import PASSWORD, Cast
from tests.support.queries import Queries
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
ReadRole = Callable[[str], Role | None]


def cookie(client: Visitor) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


@pytest.fixture
def with_cookie(new_client: NewClient) -> Callable[[str], Visitor]:
    def make(value: str) -> Visitor:
        client = new_client()
        client.set_cookie("session", value)
        return client

    return make


def promote(app: Flask, role: str = "editor") -> None:
    assert app.test_cli_runner().invoke(args=["user", "set-role", "walt", role]).exit_code == 0


def test_another_role_brings_a_new_id_with_the_next_request_and_ends_the_old_one(
    app: Flask, cast: Cast, sign_in: SignIn, with_cookie: Callable[[str], Visitor]
) -> None:
    walt = sign_in(cast.walt, remember=True)
    old = cookie(walt)
    promote(app)
    assert walt.get("/admin/comments").status_code == 200
    renewed = walt.get_cookie("session")
    assert renewed is not None
    assert renewed.value != old
    assert renewed.expires is not None
    thief = with_cookie(old)
    assert "/auth/login" in (thief.get("/dashboard").location or "")
    assert cookie(thief) == old
    assert walt.get("/dashboard").status_code == 200
    assert cookie(walt) == renewed.value


def test_less_rights_bring_a_new_id_too_and_count_at_once(
    app: Flask, cast: Cast, sign_in: SignIn, with_cookie: Callable[[str], Visitor]
) -> None:
    walt = sign_in(cast.walt)
    old = cookie(walt)
    promote(app, "reader")
    assert walt.get("/blog/create").status_code == 403
    assert cookie(walt) != old
    assert with_cookie(old).get("/auth/profile").status_code == 302


def test_changed_rights_of_a_role_bring_new_ids_to_everybody_who_has_it(
    ada: Visitor, cast: Cast, sign_in: SignIn, stored_role: ReadRole, with_cookie: Callable[[str], Visitor]
) -> None:
    phone, desk, edith = sign_in(cast.walt), sign_in(cast.walt), sign_in(cast.edith)
    for client in (phone, desk, edith):
        # The page puts the form token into the session.
        client.get("/dashboard")
    old = [cookie(client) for client in (phone, desk, edith)]
    author = stored_role("author")
    assert author is not None
    ada.fill_in(f"/admin/roles/{author.id}", rank="25")
    for client in (phone, desk, edith):
        assert client.get("/dashboard").status_code == 200
    assert [cookie(client) == before for client, before in zip((phone, desk, edith), old, strict=True)] == [
        False,
        False,
        True,
    ]
    assert with_cookie(old[0]).get("/dashboard").status_code == 302


def test_an_open_editor_saves_after_a_change_of_rights(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    walt = sign_in(cast.walt)
    form = walt.read("/blog/create").form({"title": "", "body": ""}, "save")
    promote(app)
    answer = walt.post("/blog/create", data=form.filled({"title": "Rivers", "body": "Wide."}, "save"))
    assert answer.status_code == 303
    assert "Rivers" in walt.get("/blog/my-posts").text


def test_of_requests_with_the_old_id_at_once_one_goes_on(
    app: Flask,
    cast: Cast,
    sign_in: SignIn,
    with_cookie: Callable[[str], Visitor],
    in_parallel: Callable[..., list[Exception]],
) -> None:
    old = cookie(sign_in(cast.walt))
    promote(app)
    tabs = [with_cookie(old) for _ in range(6)]
    answers: list[int] = []
    assert (
        in_parallel(*(lambda tab=tab: answers.append(tab.get("/dashboard").status_code) for tab in tabs))
        == []
    )
    assert sorted(answers) == [200, 302, 302, 302, 302, 302]
    # Those that came too late leave the browser's cookie, which by then is the new one, alone.
    assert [cookie(tab) == old for tab in tabs].count(False) == 1
    with app.app_context():
        assert len(db.session.scalars(select(LoginSession)).all()) == 1


def test_what_matters_asks_for_a_proof_again_after_a_change_of_rights(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    walt = sign_in(cast.walt)
    assert walt.get("/auth/security/authenticator").status_code == 200
    promote(app)
    answer = walt.get("/auth/security/authenticator")
    assert "/auth/confirm-identity" in (answer.location or "")
    walt.fill_in("/auth/confirm-identity", password=PASSWORD)
    assert walt.get("/auth/security/authenticator").status_code == 200


def test_files_hand_out_no_new_id(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    walt = sign_in(cast.walt)
    promote(app)
    assert "Set-Cookie" not in walt.get("/feed.xml").headers
    assert walt.get("/dashboard").status_code == 200


def test_new_id_costs_one_statement(app: Flask, cast: Cast, sign_in: SignIn, queries: Queries) -> None:
    walt = sign_in(cast.walt)
    promote(app)
    for written in (1, 0):
        with queries.recorded() as recording:
            walt.get("/auth/sessions")
        assert sum(each.startswith("UPDATE login_session") for each in recording.statements) == written


def test_another_role_ends_the_sign_ins_of_api_clients(app: Flask, cast: Cast) -> None:
    with app.app_context():
        now = clock.now()
        for user in (cast.walt, cast.rhea):
            family = RefreshFamily(name=user.username, user_id=user.id, created_at=now)
            family.expires_at = now + timedelta(days=1)
            db.session.add(family)
        db.session.commit()
    promote(app)
    with app.app_context():
        assert db.session.scalars(select(RefreshFamily.name)).all() == ["rhea"]
