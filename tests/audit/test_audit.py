"""The audit log: one record for each deed, which nobody can change or forge."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from masthead import audit
from masthead.admin.audit import inert
from masthead.audit.models import AuditEvent
from masthead.db import db
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]


def events(app: Flask) -> list[AuditEvent]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_sign_in_is_recorded_with_who_and_where(
    app: Flask, cast: Cast, client: Visitor, sign_in: SignIn
) -> None:
    client.environ_base |= {"REMOTE_ADDR": "203.0.113.77"}
    sign_in(client, cast.walt)
    (event,) = events(app)
    assert (event.action, event.actor_id, event.actor_name) == ("sign_in.succeeded", cast.walt.id, "walt")
    assert event.address == "203.0.113.0/24"
    assert len(event.request_id) >= 8


def test_failed_sign_in_is_recorded(app: Flask, cast: Cast, client: Visitor) -> None:
    client.fill_in("/auth/login", email="walt@example.org", password="wrong")
    (event,) = events(app)
    assert (event.action, event.actor_id, event.subject) == ("sign_in.failed", None, "walt@example.org")
    assert "wrong" not in str(event.details)


@pytest.mark.parametrize(
    ("command", "action"),
    [
        (["create", "nora", "nora@example.org", "--password", PASSWORD], "account.created"),
        (["set-role", "walt", "editor"], "role.changed"),
        (["disable", "walt"], "account.disabled"),
        (["enable", "walt"], "account.enabled"),
        (["set-password", "walt", "--password", PASSWORD], "password.changed"),
        (["reset-link", "walt"], "password.link_made"),
        (["sign-out", "walt"], "sessions.ended"),
        (["end-tokens", "walt"], "tokens.ended"),
        (["invite", "nora@example.org"], "account.invited"),
    ],
)
def test_each_deed_is_one_record(app: Flask, cast: Cast, command: list[str], action: str) -> None:
    result = app.test_cli_runner().invoke(args=["user", *command])
    assert result.exit_code == 0, result.output
    assert [(event.action, event.actor_name) for event in events(app)] == [(action, "shell")]


def test_change_that_is_rolled_back_leaves_no_record(app: Flask, cast: Cast) -> None:
    with app.app_context():
        audit.record("role.changed", by=cast.ada, subject="walt")
        db.session.rollback()
    assert events(app) == []


def test_record_cannot_be_changed(app: Flask, cast: Cast) -> None:
    with app.app_context():
        audit.record("role.changed", by=cast.ada, subject="walt")
        db.session.commit()
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("UPDATE audit_event SET actor_name = 'rhea'"))
        db.session.rollback()


def test_name_cannot_forge_a_line(app: Flask, client: Visitor) -> None:
    client.fill_in("/auth/login", email="x@example.org\x1b[2K ada signed in", password="wrong")
    with app.app_context():
        audit.record("sign_in.failed", by=None, subject="x\r\nada\u2028signed in", note="a\x1b[2Kb")
        db.session.commit()
    for event in events(app):
        assert event.subject.isprintable()
        assert all(value.isprintable() for value in event.details.values())


def test_readers_do_not_see_the_log(cast: Cast, client: Visitor, sign_in: SignIn) -> None:
    assert client.get("/admin/audit").status_code == 302
    assert sign_in(cast.edith).get("/admin/audit").status_code == 403


def test_administrator_filters_the_log(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.walt)
    with app.app_context():
        audit.record("role.changed", by=cast.edith, subject="rhea", before="reader", after="author")
        db.session.commit()
    ada = sign_in(cast.ada)
    everything = ada.read("/admin/audit").text("//main//table")
    assert "walt" in everything
    assert "rhea" in everything
    filtered = ada.read("/admin/audit?action=role&actor=edith").text("//main//table")
    assert "rhea" in filtered
    assert "walt" not in filtered
    assert "No entry matches" in ada.read("/admin/audit?since=2001-01-01&until=2001-01-02").text("//main")
    assert ada.get("/admin/audit?since=yesterday").status_code == 422


def test_changed_settings_are_recorded_before_and_after(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in(cast.ada)
    ada.environ_base |= {"REMOTE_ADDR": "203.0.113.77"}
    ada.fill_in("/admin/settings", title="The Lantern", navigation="About | /about", footer="x" * 900)
    event = events(app)[-1]
    assert (event.action, event.actor_name, event.address) == ("settings.changed", "ada", "203.0.113.0/24")
    assert event.details == {
        "title": {"before": "Masthead", "after": "The Lantern"},
        "navigation": {"before": "", "after": "About (/about)"},
        "footer": {"before": "", "after": f"{'x' * 200}…"},
    }
    assert "Masthead → The Lantern" in ada.read("/admin/audit").text("//main//table")


def test_settings_that_stay_the_same_leave_no_record(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.ada).press("/admin/settings", action="")
    assert [event.action for event in events(app)] == ["sign_in.succeeded"]


@pytest.mark.parametrize(
    ("deed", "typed", "action", "details"),
    [
        ("role", {"role": "editor"}, "role.changed", {"before": "author", "after": "editor"}),
        ("disable", {}, "account.disabled", {}),
        ("enable", {}, "account.enabled", {}),
        ("reset-link", {}, "password.link_made", {}),
        ("reset-factor", {}, "factor.reset", {}),
        ("sign-out", {}, "sessions.ended", {}),
        ("end-tokens", {}, "tokens.ended", {}),
    ],
)
def test_what_an_administrator_does_to_somebody_is_recorded(
    app: Flask,
    cast: Cast,
    sign_in: SignIn,
    deed: str,
    typed: dict[str, str],
    action: str,
    details: dict[str, str],
) -> None:
    ada = sign_in(cast.ada)
    ada.environ_base |= {"REMOTE_ADDR": "203.0.113.77"}
    data = {**typed, "csrf_token": ada.form_token()}
    answer = ada.post(f"/admin/users/{cast.walt.id}/{deed}", data=data)
    assert answer.status_code in (200, 303)
    event = events(app)[-1]
    assert (event.action, event.actor_id, event.subject) == (action, cast.ada.id, "walt")
    assert (event.address, event.details) == ("203.0.113.0/24", details)
    assert event.request_id == answer.headers["X-Request-ID"]


def test_an_invitation_is_recorded(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.ada).fill_in("/admin/users/invite", email="nina@example.org", role="author")
    event = events(app)[-1]
    assert (event.action, event.actor_name, event.subject) == ("account.invited", "ada", "nina@example.org")
    assert event.details == {"role": "author"}


def test_log_can_be_asked_what_happened_to_somebody(cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in(cast.ada)
    ada.post(f"/admin/users/{cast.walt.id}/disable", data={"csrf_token": ada.form_token()})
    ada.post(f"/admin/users/{cast.rhea.id}/disable", data={"csrf_token": ada.form_token()})
    found = ada.read("/admin/audit?subject=walt").text("//main//table")
    assert "Disabled an account" in found
    assert "rhea" not in found


def test_export_is_inert_and_recorded(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        audit.record("sign_in.failed", by=None, subject='=HYPERLINK("http://evil.example","x")')
        db.session.commit()
    ada = sign_in(cast.ada)
    answer = ada.press("/admin/audit", action="/admin/audit.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert "'=HYPERLINK" in {row["subject"][:11] for row in rows}
    assert events(app)[-1].action == "audit.exported"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_cell_that_a_spreadsheet_would_calculate_is_quoted(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


def test_ordinary_cell_stays() -> None:
    assert inert("walt@example.org") == "walt@example.org"
