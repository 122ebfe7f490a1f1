"""Ending personal tokens without disabling anybody: a reset does, the other ways offer it (security.md row 27)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from masthead.api_tokens import personal_tokens
from masthead.api_tokens.models import ApiToken
from masthead.db import db
from masthead.people import queries
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

OWN = "seven ships of state"


@pytest.fixture
def secret(app: Flask, cast: Cast) -> str:
    """The secret of a token of Walt's."""
    with app.app_context():
        walt = queries.get(cast.walt.id)
        _, secret = personal_tokens.create(walt, name="mine", scopes=["account:write"], days=1)
        db.session.commit()
    return secret


def left(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(ApiToken)) or 0


@pytest.mark.parametrize("ticked", [True, False])
def test_new_password_ends_tokens_if_one_wants_it(
    app: Flask, cast: Cast, secret: str, sign_in: Callable[..., Visitor], ticked: bool
) -> None:
    box = {"end_tokens": "y"} if ticked else {}
    typed = {"current_password": PASSWORD, "password": OWN, "password_confirm": OWN} | box
    assert sign_in(cast.walt).fill_in("/auth/security", **typed).status_code == 303
    assert left(app) == (0 if ticked else 1)


@pytest.mark.parametrize("ticked", [True, False])
def test_signing_out_everywhere_ends_tokens_if_one_wants_it(
    app: Flask, cast: Cast, secret: str, sign_in: Callable[..., Visitor], ticked: bool
) -> None:
    walt = sign_in(cast.walt)
    data = {"csrf_token": walt.form_token()} | ({"end_tokens": "y"} if ticked else {})
    assert walt.post("/auth/sessions/end", data=data).status_code == 303
    assert left(app) == (0 if ticked else 1)


@pytest.mark.parametrize(("body", "count"), [({}, 1), ({"end_tokens": True}, 0)])
def test_program_signs_out_everywhere_with_its_tokens(
    app: Flask, secret: str, client: Visitor, body: dict[str, bool], count: int
) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.post("/api/v1/auth/sessions/end", json=body, headers=headers).status_code == 204
    assert left(app) == count


@pytest.mark.parametrize("door", ["html", "api", "shell", "reset by the shell"])
def test_tokens_of_somebody_are_ended_without_disabling_them(
    app: Flask, cast: Cast, secret: str, sign_in: Callable[..., Visitor], client: Visitor, door: str
) -> None:
    if door == "html":
        page, path = "/admin/users?q=walt", f"/admin/users/{cast.walt.id}/end-tokens"
        assert sign_in(cast.ada).press(page, action=path).status_code == 303
    elif door == "api":
        body = {"email": cast.ada.email, "password": PASSWORD}
        headers = {
            "Authorization": f"Bearer {client.post('/api/v1/auth/login', json=body).json['access_token']}"
        }
        assert client.delete(f"/api/v1/users/{cast.walt.id}/tokens", headers=headers).status_code == 204
    else:
        command = ["end-tokens", "walt"] if door == "shell" else ["set-password", "walt", "--password", OWN]
        assert app.test_cli_runner().invoke(args=["user", *command]).exit_code == 0
    assert left(app) == 0
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
    with app.app_context():
        assert queries.get(cast.walt.id).is_active


def test_nobody_ends_the_tokens_of_an_equal(
    app: Flask, cast: Cast, secret: str, sign_in: Callable[..., Visitor]
) -> None:
    edith = sign_in(cast.edith)
    data = {"csrf_token": edith.form_token()}
    assert edith.post(f"/admin/users/{cast.walt.id}/end-tokens", data=data).status_code == 403
    assert left(app) == 1
