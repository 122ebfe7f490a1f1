"""What changes while a password is being checked, or while two do the same at once, through HTTP."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from masthead.api_tokens.models import RefreshFamily
from masthead.db import db
from masthead.login import passwords
from masthead.login.models import LoginSession
from masthead.people.models import User
from tests.support.factors import App
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
NEW = "seven ships of state"


def logins(app: Flask, user: User) -> int:
    with app.app_context():
        found = [
            db.session.scalars(select(model).where(model.user_id == user.id)).all()
            for model in (LoginSession, RefreshFamily)
        ]
        return sum(map(len, found))


@pytest.fixture
def changed_during_check(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shell sets another password after the old one was found right, once."""
    waiting = ["user", "set-password", "walt", "--password", NEW]
    output: list[str] = []
    real = passwords.is_correct

    def check(password: str, password_hash: str | None) -> bool:
        correct = real(password, password_hash)
        if correct and not output:
            output.append("")
            change = threading.Thread(
                target=lambda: output.append(app.test_cli_runner().invoke(args=waiting).output)
            )
            change.start()
            change.join(timeout=20)
        return correct

    monkeypatch.setattr(passwords, "is_correct", check)
    return output


def test_no_login_begins_with_a_password_that_was_changed_meanwhile(
    app: Flask, cast: Cast, client: Visitor, changed_during_check: list[str]
) -> None:
    answer = client.fill_in("/auth/login", email="walt@example.org", password=PASSWORD)
    assert "new password" in changed_during_check[-1]
    assert answer.status_code == 409
    assert logins(app, cast.walt) == 0


def test_no_client_signs_in_with_a_password_that_was_changed_meanwhile(
    app: Flask, cast: Cast, client: Visitor, changed_during_check: list[str]
) -> None:
    typed = {"email": "walt@example.org", "password": PASSWORD}
    answer = client.post("/api/v1/auth/login", json=typed)
    assert "new password" in changed_during_check[-1]
    assert answer.status_code == 409
    assert logins(app, cast.walt) == 0


def test_no_proof_of_identity_keeps_a_login_that_a_new_password_ended(
    app: Flask,
    cast: Cast,
    sign_in: SignIn,
    changed_during_check: list[str],
) -> None:
    changed_during_check.append("not yet")
    thief = sign_in(cast.walt)
    form = thief.read("/auth/confirm-identity").form({"password": ""}).filled({"password": PASSWORD}, None)
    changed_during_check.clear()
    assert thief.post("/auth/confirm-identity", data=form).status_code == 409
    assert thief.get("/auth/profile").status_code == 302
    assert logins(app, cast.walt) == 0


def test_of_many_who_use_a_recovery_code_at_once_one_gets_in(
    cast: Cast,
    new_client: NewClient,
    walts_app: App,
    in_parallel: Callable[..., list[Exception]],
) -> None:
    visitors = [new_client() for _ in range(5)]
    for visitor in visitors:
        visitor.fill_in("/auth/login", email="walt@example.org", password=PASSWORD)
    code = walts_app.recovery_codes[0]
    forms: list[Any] = [
        visitor.read("/auth/second-step").form({"otp": ""}).filled({"otp": code}, None)
        for visitor in visitors
    ]
    answers: list[int] = []

    def use(number: int) -> None:
        answers.append(visitors[number].post("/auth/second-step", data=forms[number]).status_code)

    assert in_parallel(*(lambda number=number: use(number) for number in range(5))) == []
    assert sorted(answers) == [303, 422, 422, 422, 422]
