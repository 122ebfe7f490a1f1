"""Step-up: what changes keys or rights asks for them again; roles that ask for a second factor; resetting one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs.models import Job
from masthead.login.models import LoginSession
from masthead.people.models import Role, User
from tests.factories import PostFactory
from tests.support.factors import Device, add_passkey, set_up_app, use_passkey
from tests.support.people import PASSWORD, Cast
from tests.support.queries import Queries
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
Invoke = Callable[..., object]
Later = Callable[[timedelta], None]
CONFIRM = "/auth/confirm-identity"
ELEVEN_MINUTES = timedelta(minutes=11)
#: What changes keys or rights, with what Ada would send.
DEEDS = {
    "/auth/security/address": {"email": "new@example.org", "current_password": PASSWORD},
    "/auth/security/authenticator": {"otp": "000000"},
    "/auth/security/authenticator/remove": {},
    "/auth/security/passkeys/add": {"name": "Key", "credential": "{}"},
    "/auth/security/passkeys/1/rename": {"name": "Key"},
    "/auth/security/passkeys/1/remove": {},
    "/auth/security/recovery-codes": {},
    "/admin/users/4/role": {"role": "editor"},
    "/admin/users/4/reset-link": {},
    "/admin/users/4/reset-factor": {},
    "/admin/users/invite": {"email": "nina@example.org", "role": "author"},
    "/admin/roles/create": {"title": "Guest", "rank": "5"},
    "/admin/roles/3": {"title": "Writer", "rank": "30"},
    "/admin/roles/3/delete": {"heir": "reader"},
}


def confirm(client: Visitor, *, target: str = "", **typed: str) -> str:
    answer = client.fill_in(f"{CONFIRM}?next={target}" if target else CONFIRM, **typed)
    return (answer.location or "") if answer.status_code == 303 else ""


@pytest.mark.parametrize("path", DEEDS)
def test_deed_asks_for_the_password_after_ten_minutes(
    cast: Cast, sign_in: SignIn, later: Later, app: Flask, path: str
) -> None:
    ada = sign_in(cast.ada)
    later(ELEVEN_MINUTES)
    answer = ada.post(path, data={**DEEDS[path], "csrf_token": ada.form_token()})
    assert answer.status_code == 403
    assert "Confirm your identity" in document(answer).title
    with app.app_context():
        deeds = db.session.scalars(select(AuditEvent.action)).all()
    assert set(deeds) == {"sign_in.succeeded"}


@pytest.mark.parametrize("path", DEEDS)
def test_deed_asks_for_nothing_right_after_signing_in(cast: Cast, sign_in: SignIn, path: str) -> None:
    ada = sign_in(cast.ada)
    answer = ada.post(path, data={**DEEDS[path], "csrf_token": ada.form_token()})
    assert "Confirm your identity" not in answer.text


def test_confirming_leads_back_with_a_new_session_and_counts_for_ten_minutes(
    cast: Cast, sign_in: SignIn, later: Later
) -> None:
    walt = sign_in(cast.walt)
    before = walt.get_cookie("session")
    later(ELEVEN_MINUTES)
    asked = walt.get("/auth/security/authenticator")
    assert asked.location == f"{CONFIRM}?next=/auth/security/authenticator"
    assert confirm(walt, target="/auth/security/authenticator", password=PASSWORD) == (
        "/auth/security/authenticator"
    )
    after = walt.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert walt.get("/auth/security/authenticator").status_code == 200
    later(ELEVEN_MINUTES)
    assert walt.get("/auth/security/authenticator").status_code == 303


def test_old_session_is_dead_after_confirming(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt = sign_in(cast.walt)
    stolen = walt.get_cookie("session")
    assert stolen is not None
    later(ELEVEN_MINUTES)
    confirm(walt, password=PASSWORD)
    walt.set_cookie("session", stolen.value)
    assert walt.get("/auth/profile").status_code == 302


def test_wrong_password_confirms_nothing_and_is_limited(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt = sign_in(cast.walt)
    later(ELEVEN_MINUTES)
    form = walt.read(CONFIRM).form({"password": ""})
    statuses = [
        walt.post(CONFIRM, data=form.filled({"password": "wrong"}, None)).status_code for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    assert walt.get("/auth/security/authenticator").status_code == 303


def test_with_a_factor_the_password_alone_confirms_nothing(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt = sign_in(cast.walt)
    phone = set_up_app(walt)
    later(ELEVEN_MINUTES)
    assert confirm(walt, password=PASSWORD) == ""
    assert confirm(walt, password=PASSWORD, otp="000000") == ""
    assert confirm(walt, password="wrong", otp=phone.code()) == ""
    assert confirm(walt, password=PASSWORD, otp=phone.code()) == "/auth/security"


def test_wrong_password_uses_no_recovery_code_up(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt = sign_in(cast.walt)
    phone = set_up_app(walt)
    later(ELEVEN_MINUTES)
    assert confirm(walt, password="wrong", otp=phone.recovery_codes[0]) == ""
    assert confirm(walt, password=PASSWORD, otp=phone.recovery_codes[0]) != ""


def test_passkey_confirms(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt = sign_in(cast.walt)
    device = Device()
    add_passkey(walt, device)
    later(ELEVEN_MINUTES)
    assert use_passkey(walt, device, CONFIRM).status_code == 303
    assert walt.get("/auth/security/authenticator").status_code == 200


def test_passkey_of_somebody_else_confirms_nothing(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt, rhea = sign_in(cast.walt), sign_in(cast.rhea)
    own, other = Device(), Device()
    add_passkey(walt, own)
    add_passkey(rhea, other)
    later(ELEVEN_MINUTES)
    assert use_passkey(walt, other, CONFIRM).status_code == 422
    assert walt.get("/auth/security/authenticator").status_code == 303


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example", "evil"]
)
def test_confirming_stays_on_this_site(cast: Cast, sign_in: SignIn, target: str) -> None:
    walt = sign_in(cast.walt)
    answer = walt.post(
        CONFIRM, query_string={"next": target}, data={"csrf_token": walt.form_token(), "password": PASSWORD}
    )
    assert answer.location == "/auth/security"


def test_using_the_session_does_not_keep_it_fresh(cast: Cast, sign_in: SignIn, later: Later) -> None:
    walt = sign_in(cast.walt, remember=True)
    for _ in range(4):
        later(timedelta(minutes=3))
        walt.get("/dashboard")
    assert walt.get("/auth/security/authenticator").location.startswith(CONFIRM)


def test_administrator_resets_a_factor_and_the_owner_is_told(
    app: Flask, cast: Cast, client: Visitor, sign_in: SignIn
) -> None:
    walt, ada = sign_in(cast.walt), sign_in(cast.ada)
    set_up_app(walt)
    add_passkey(walt, Device())
    answer = ada.press("/admin/users", action=f"/admin/users/{cast.walt.id}/reset-factor")
    assert answer.status_code == 303
    assert walt.get("/auth/profile").status_code == 302
    signed_in = client.fill_in("/auth/login", email=cast.walt.email or "", password=PASSWORD)
    assert signed_in.location == "/dashboard"
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "factor.reset")).one()
        jobs = db.session.scalars(select(Job.args).where(Job.name == "accounts.tell_of_factor")).all()
    assert (event.actor_name, event.subject) == ("ada", "walt")
    assert any("reset" in args for args in jobs)


def test_nobody_resets_the_factor_of_an_equal_or_higher_rank(cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in(cast.ada)
    set_up_app(ada)
    for person in (cast.edith, cast.walt):
        client = sign_in(person)
        data = {"csrf_token": client.form_token()}
        assert client.post(f"/admin/users/{cast.ada.id}/reset-factor", data=data).status_code == 403
    assert "Authenticator app" in ada.read("/auth/security").text("//section[@id='second-factor']")


def test_shell_resets_a_factor(cast: Cast, client: Visitor, sign_in: SignIn, invoke: Invoke) -> None:
    walt = sign_in(cast.walt)
    set_up_app(walt)
    result = invoke("user", "reset-factor", "walt")
    assert "walt no longer has two-factor authentication" in str(getattr(result, "stdout", ""))
    assert walt.get("/auth/profile").status_code == 302
    answer = client.fill_in("/auth/login", email=cast.walt.email or "", password=PASSWORD)
    assert answer.location == "/dashboard"


@pytest.fixture
def authors_need_a_factor(cast: Cast, sign_in: SignIn) -> None:
    """Ada asks authors for a second factor."""
    answer = sign_in(cast.ada).fill_in("/admin/roles/3", requires_second_factor=True)
    assert answer.status_code == 303


@pytest.mark.usefixtures("authors_need_a_factor")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/dashboard",
        "/blog/create",
        "/blog/my-posts",
        "/auth/profile",
        "/auth/sessions",
        "/blog/post/rivers",
        "/nowhere",
    ],
)
def test_person_of_a_role_that_needs_a_factor_is_led_to_it(cast: Cast, sign_in: SignIn, path: str) -> None:
    PostFactory(author=cast.walt, title="Rivers")
    walt = sign_in(cast.walt)
    answer = walt.get(path)
    if path == "/nowhere":
        assert answer.status_code == 404
        return
    assert (answer.status_code, answer.location) == (303, "/auth/security")
    page = walt.read("/auth/security")
    assert "requires two-factor authentication" in page.text("//div[@role='alert']")
    assert page.all("//*[@name='current_password']") == []


@pytest.mark.usefixtures("authors_need_a_factor")
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/blog/create", {"title": "Harvest", "body": "All is in.", "action": "publish"}),
        ("/auth/profile", {"name": "Another"}),
        (
            "/auth/security/password",
            {"current_password": PASSWORD, "password": "x" * 20, "password_confirm": "x" * 20},
        ),
        ("/auth/sessions/end", {}),
    ],
)
def test_nothing_can_be_done_before_the_factor_is_set_up(
    app: Flask, cast: Cast, sign_in: SignIn, path: str, data: dict[str, str]
) -> None:
    walt = sign_in(cast.walt)

    def state() -> list[object]:
        with app.app_context():
            people = db.session.execute(select(User.name, User.password_hash).order_by(User.id)).all()
            return [*people, *db.session.scalars(select(LoginSession.id))]

    before = state()
    token = walt.read("/auth/security/authenticator").form({"otp": ""}).values["csrf_token"][0]
    assert walt.post(path, data={"csrf_token": token, **data}).location == "/auth/security"
    assert state() == before


@pytest.mark.usefixtures("authors_need_a_factor")
def test_after_setting_the_factor_up_everything_works(cast: Cast, sign_in: SignIn) -> None:
    walt = sign_in(cast.walt)
    set_up_app(walt)
    assert walt.get("/dashboard").status_code == 200


@pytest.mark.usefixtures("authors_need_a_factor")
def test_others_are_asked_for_nothing(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.edith).get("/dashboard").status_code == 200


@pytest.mark.usefixtures("authors_need_a_factor")
def test_last_factor_stays_while_the_role_needs_one(cast: Cast, sign_in: SignIn) -> None:
    walt = sign_in(cast.walt)
    set_up_app(walt)
    walt.press("/auth/security", action="/auth/security/authenticator/remove")
    page = walt.read("/auth/security")
    assert "Your role requires two-factor authentication" in page.text("//div[@role='status']")
    assert "Authenticator app" in page.text("//section[@id='second-factor']")


@pytest.mark.usefixtures("authors_need_a_factor")
def test_person_without_the_needed_factor_can_sign_out(cast: Cast, sign_in: SignIn) -> None:
    walt = sign_in(cast.walt)
    walt.press("/auth/security", action="/auth/logout")
    assert walt.get("/auth/profile").location.startswith("/auth/login")


def test_shell_asks_a_role_for_a_factor_and_stops_it(app: Flask, cast: Cast, invoke: Invoke) -> None:
    def asked() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(Role.name).where(Role.requires_second_factor)))

    invoke("user", "require-factor", "editor")
    assert asked() == ["editor"]
    invoke("user", "require-factor", "editor", "--off")
    assert asked() == []


def test_factor_costs_the_signed_in_request_no_statement(
    cast: Cast, sign_in: SignIn, queries: Queries
) -> None:
    walt = sign_in(cast.walt)
    set_up_app(walt)
    # The login with its account, role and factor; the settings; the devices.
    with queries.exactly(3):
        walt.get("/auth/sessions")


def test_expired_form_of_the_second_step_is_shown_again_without_the_code(
    cast: Cast, new_client: NewClient, sign_in: SignIn
) -> None:
    phone = set_up_app(sign_in(cast.walt))
    client = new_client()
    client.fill_in("/auth/login", email=cast.walt.email or "", password=PASSWORD)
    answer = client.post("/auth/second-step", data={"csrf_token": "old", "otp": phone.code(1)})
    assert answer.status_code == 422
    assert "session expired" in document(answer).text("//main")
    assert client.fill_in("/auth/second-step", otp=phone.code(1)).status_code == 303
