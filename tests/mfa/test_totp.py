"""Second factors themselves: setting one up, recovery codes, and what is stored of them."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.jobs.models import Job
from masthead.mfa import second_factor
from masthead.mfa.models import Authenticator, RecoveryCode
from masthead.mfa.second_factor import Factor
from tests.support.factors import App, give_code, give_password
from tests.support.people import Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
Later = Callable[[timedelta], None]
SECOND_STEP = "/auth/second-step"


def test_recovery_code_counts_once_and_the_owner_is_told(
    app: Flask, cast: Cast, new_client: NewClient, walts_app: App
) -> None:
    first, second = new_client(), new_client()
    give_password(first, cast.walt)
    give_password(second, cast.walt)
    code = walts_app.recovery_codes[3]
    assert [give_code(first, code.upper().replace("-", " ")), give_code(second, code)] == [303, 422]
    assert "9 recovery codes left" in first.read("/dashboard").text("//div[@role='status']")
    with app.app_context():
        tasks = db.session.scalars(select(Job.args).where(Job.name == "accounts.tell_of_factor")).all()
    assert any("code_used" in str(arguments) for arguments in tasks)


def test_new_recovery_codes_void_those_before(
    cast: Cast, client: Visitor, new_client: NewClient, walts_app: App
) -> None:
    give_password(client, cast.walt)
    give_code(client, walts_app.recovery_codes[0])
    answer = client.press("/auth/security", action="/auth/security/recovery-codes")
    new = document(answer).texts("//ul[@class='recovery-codes']/li")
    assert len(set(new)) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    stranger = new_client()
    give_password(stranger, cast.walt)
    assert [give_code(stranger, walts_app.recovery_codes[1]), give_code(stranger, new[1])] == [422, 303]


def test_secrets_and_codes_are_not_readable_in_the_database(app: Flask, walts_app: App) -> None:
    with app.app_context():
        stored = db.session.scalars(select(Authenticator.sealed_secret)).one()
        hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert walts_app.secret not in stored
    assert len(set(hashes)) == 10
    assert not set(hashes) & {code.replace("-", "") for code in walts_app.recovery_codes}


def test_secret_is_never_shown_again(cast: Cast, client: Visitor, walts_app: App) -> None:
    give_password(client, cast.walt)
    give_code(client, walts_app.code(1))
    for path in ("/auth/security", "/auth/security/authenticator"):
        assert walts_app.secret not in client.get(path).text.replace(" ", "")


def test_set_up_with_a_wrong_code_keeps_the_secret_and_stores_nothing(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.walt)
    path = "/auth/security/authenticator"
    page = client.read(path)
    answer = client.post(path, data=page.form({"otp": ""}).filled({"otp": "000000"}, None))
    assert answer.status_code == 422
    keys = [found.text("//code[@class='app-key']") for found in (page, document(answer))]
    assert keys[0] == keys[1]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Authenticator)) == 0


def test_secret_offered_to_somebody_else_cannot_be_planted(cast: Cast, sign_in: SignIn) -> None:
    attacker, victim = sign_in(cast.rhea), sign_in(cast.walt)
    path = "/auth/security/authenticator"
    page = attacker.read(path)
    known = App(page.text("//code[@class='app-key']").replace(" ", ""))
    form = victim.read(path).form({"otp": ""})
    typed = {"otp": known.code(), "sealed": page.form({"otp": ""}).values["sealed"][0]}
    assert victim.post(path, data=form.filled(typed, None)).status_code == 422


def test_picture_of_the_secret_has_no_styles(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.walt).read("/auth/security/authenticator")
    assert len(page.all("//*[@role='img']/*[local-name()='svg']")) == 1
    assert page.all("//@style") == []
    assert page.all("//style") == []


def test_removing_the_last_factor_takes_the_recovery_codes_along(
    app: Flask, cast: Cast, client: Visitor, walts_app: App
) -> None:
    give_password(client, cast.walt)
    give_code(client, walts_app.code(1))
    client.press("/auth/security", action="/auth/security/authenticator/remove")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    client.press("/auth/profile", action="/auth/logout")
    assert give_password(client, cast.walt) == "/dashboard"


def test_verify_says_which_factor_it_was_and_accepts_nothing_odd(
    app: Flask, cast: Cast, walts_app: App
) -> None:
    with app.app_context():
        assert second_factor.verify(cast.walt, walts_app.code(1)) is Factor.AUTHENTICATOR
        assert second_factor.verify(cast.walt, walts_app.recovery_codes[0]) is Factor.RECOVERY_CODE
        for odd in ("", "-", " ", "000000", "١٢٣٤٥٦", "\x00" * 6, "x" * 10_000, "²" * 6):
            assert second_factor.verify(cast.walt, odd) is None
        assert second_factor.verify(cast.rhea, walts_app.code(1)) is None
        db.session.rollback()


def test_sign_ins_and_changes_are_in_the_audit_log(
    app: Flask, cast: Cast, client: Visitor, walts_app: App
) -> None:
    give_password(client, cast.walt)
    give_code(client, "000000")
    give_code(client, walts_app.code(1))
    with app.app_context():
        events = db.session.execute(select(AuditEvent.action, AuditEvent.details)).all()
    seen = {(action, details.get("way")) for action, details in events}
    assert {
        ("factor.added", "authenticator app"),
        ("sign_in.failed", "second factor"),
        ("sign_in.succeeded", "password and authenticator app"),
    } <= seen
