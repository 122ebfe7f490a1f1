"""A form that is sent after ten minutes is not lost: it is shown again when the person has proved who they are."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from masthead.db import db
from masthead.login import action_labels
from masthead.people import reauthentication
from masthead.people.models import Role, User
from tests.support.factors import Device, add_passkey, options_on, set_up_app
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
Later = Callable[[timedelta], None]
CONFIRM = "/auth/confirm-identity"
ELEVEN_MINUTES = timedelta(minutes=11)
ROLE = {"title": "Guest <Author>", "rank": "5", "permissions": ["posts.write", "comments.write"]}


@pytest.fixture
def roles(app: Flask) -> Callable[[], list[str]]:
    def read() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(Role.title).order_by(Role.id)))

    return read


@pytest.fixture
def asked(ada: Visitor, later: Later) -> Callable[..., str]:
    """Send a form after eleven minutes; the page that asks for a proof, and what it carries."""

    def send(path: str = "/admin/roles/create", data: Mapping[str, object] = ROLE) -> str:
        token = ada.form_token()
        later(ELEVEN_MINUTES)
        page = document(ada.post(path, data={**data, "csrf_token": token}))
        assert "Nothing is lost" in page.text("//main")
        return page.value_of("kept_form") or ""

    return send


def prove(visitor: Visitor, kept: str, **typed: str) -> TestResponse:
    form = visitor.read(CONFIRM).form({"password": ""}).filled({"password": PASSWORD, **typed}, None)
    return visitor.post(CONFIRM, data={**form, "kept_form": kept})


def test_form_is_shown_again_and_can_be_sent(
    ada: Visitor, asked: Callable[..., str], roles: Callable[[], list[str]]
) -> None:
    kept = asked()
    assert "Guest <Author>" not in roles()
    answer = prove(ada, kept)
    assert answer.status_code == 200
    page = document(answer)
    assert page.text("//h1") == page.text("//main//form//button") == "Create role"
    assert page.texts("//main//dl/div") == [
        "Title Guest <Author>",
        "Level 5",
        "Permissions Write drafts and submit them for review; Comment on posts",
    ]
    form = page.form({"title": ""})
    assert form.action == "/admin/roles/create"
    sent = form.filled({}, None)
    assert (sent["title"], sent["rank"], sent["permissions"]) == (
        ["Guest <Author>"],
        ["5"],
        ROLE["permissions"],
    )
    assert ada.post(form.action, data=sent).status_code == 303
    assert "Guest <Author>" in roles()


@pytest.mark.parametrize(
    ("path", "data", "heading", "facts"),
    [
        ("/admin/users/{walt}/role", {"role": "editor"}, "Change the role of Walt", ["Role Editor"]),
        ("/admin/users/{walt}/reset-link", {"next": "/x"}, "Create password reset link for Walt", []),
        ("/admin/users/999/reset-factor", {}, "Reset 2FA of somebody who is gone", []),
        (
            "/auth/security/tokens",
            {"name": "é" * 200, "days": "30", "scopes": ["posts:read", "nonsense"]},
            "Create token",
            [
                "Name " + "é" * 79 + "…",
                "Expires in 30 days",
                "Permissions Read and find posts, your drafts included; nonsense",
            ],
        ),
        (
            "/auth/privacy/close",
            {"posts": "keep", "comments": "anonymise", "heir": ""},
            "Delete my account",
            [
                "Your posts They stay under your name, with your profile text beside them",
                "Your comments They stay, and a former member is named as their author",
            ],
        ),
    ],
)
def test_page_says_what_will_be_done(
    cast: Cast,
    ada: Visitor,
    asked: Callable[..., str],
    path: str,
    data: dict[str, object],
    heading: str,
    facts: list[str],
) -> None:
    page = document(prove(ada, asked(path.format(walt=cast.walt.id), data)))
    assert page.text("//h1") == page.text("//main//form//button") == heading
    assert page.texts("//main//dl/div") == facts
    for name in data:
        assert not page.all(f"//main//*[@name='{name}' and not(@type='hidden')]")


def test_every_form_that_needs_a_proof_has_words_for_what_it_does(app: Flask) -> None:
    guarded = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and getattr(app.view_functions[rule.endpoint], reauthentication.ATTRIBUTE, False)
    }
    assert guarded == set(action_labels.LABELS)


@pytest.mark.databases("sqlite")
def test_form_of_a_view_that_has_another_name_now_is_still_offered(app: Flask) -> None:
    with app.app_context():
        assert action_labels.summarize("accounts.gone", {}, []).label == "Send the form"


def test_wrong_proof_keeps_the_form(ada: Visitor, asked: Callable[..., str]) -> None:
    kept = asked()
    answer = prove(ada, kept, password="wrong")
    assert answer.status_code == 422
    again = document(answer).value_of("kept_form")
    assert again == kept
    assert document(prove(ada, kept)).value_of("title") == "Guest <Author>"


def test_passkey_shows_the_form_again(cast: Cast, ada: Visitor, asked: Callable[..., str]) -> None:
    device = Device()
    add_passkey(ada, device)
    kept = asked()
    credential = device.used(options_on(ada, CONFIRM))
    form = ada.read(CONFIRM).form({"credential": ""}).filled({"credential": credential}, None)
    answer = ada.post(f"{CONFIRM}/passkey", data={**form, "kept_form": kept})
    assert document(answer).value_of("title") == "Guest <Author>"


def test_no_secret_is_kept(app: Flask, cast: Cast, ada: Visitor, asked: Callable[..., str]) -> None:
    kept = asked("/auth/security/address", {"email": "new@example.org", "current_password": PASSWORD})
    answer = prove(ada, kept)
    page = document(answer)
    assert page.value_of("email") == "new@example.org"
    assert PASSWORD not in answer.text
    # The password is asked for where the form stood, and the address is still there.
    form = page.form({"email": ""})
    again = ada.post(form.action, data=form.filled({}, None))
    assert again.status_code == 422
    assert document(again).value_of("email") == "new@example.org"
    with app.app_context():
        assert db.session.scalar(select(User.email).where(User.id == cast.ada.id)) == "ada@example.org"


def test_button_is_offered_again(app: Flask, cast: Cast, ada: Visitor, asked: Callable[..., str]) -> None:
    path = f"/admin/users/{cast.walt.id}/role"
    answer = prove(ada, asked(path, {"role": "editor", "next": "/admin/users?q=walt"}))
    form = document(answer).form({"role": ""})
    assert ada.post(form.action, data=form.filled({}, None)).location == "/admin/users?q=walt"
    with app.app_context():
        role = select(Role.name).join(User, User.role_id == Role.id).where(User.id == cast.walt.id)
        assert db.session.scalar(role) == "editor"


def test_form_of_somebody_else_is_not_shown(
    cast: Cast, sign_in: SignIn, asked: Callable[..., str], later: Later
) -> None:
    kept = asked()
    other = sign_in(cast.edith)
    answer = prove(other, kept)
    assert (answer.status_code, answer.location) == (303, "/auth/security")


@pytest.mark.parametrize("kept", ["", "x", "WzEsIi8iLFtdXQ.aa.bb", "\u2028"])
def test_form_that_we_did_not_sign_is_not_shown(ada: Visitor, kept: str) -> None:
    answer = prove(ada, kept)
    assert (answer.status_code, answer.location) == (303, "/auth/security")


def test_form_from_another_site_is_neither_kept_nor_asked_for(
    ada: Visitor, later: Later, roles: Callable[[], list[str]]
) -> None:
    later(ELEVEN_MINUTES)
    answer = ada.post("/admin/roles/create", data=ROLE, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "Guest" not in answer.text
    assert len(roles()) == 6


def test_program_is_refused_without_a_page(ada: Visitor, later: Later) -> None:
    token = ada.form_token()
    later(ELEVEN_MINUTES)
    data = {**ROLE, "csrf_token": token}
    answer = ada.post("/admin/roles/create", data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


def test_a_second_factor_is_asked_for_as_well(ada: Visitor, asked: Callable[..., str]) -> None:
    phone = set_up_app(ada)
    kept = asked()
    assert prove(ada, kept).status_code == 422
    answer = prove(ada, kept, otp=phone.recovery_codes[0])
    assert document(answer).value_of("title") == "Guest <Author>"
