"""A rule about accounts holds at every door: pages, access tokens, personal tokens and the shell (security.md rows 21, 23 and 37)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from masthead import clock
from masthead.api_tokens import personal_tokens
from masthead.api_tokens.models import RefreshFamily
from masthead.db import db
from masthead.login.action_labels import LABELS
from masthead.login.models import LoginSession
from masthead.people import queries, reauthentication
from masthead.people.models import Role
from masthead.people.reauthentication import ACTIONS
from masthead.user_admin import role_actions
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
NewClient = Callable[..., Visitor]
LONG = timedelta(minutes=11)
#: What gives rights away: its form, its operation, and its command.
PROVED: dict[
    str, tuple[tuple[str, dict[str, str]] | None, tuple[str, str, dict[str, Any] | None], list[str] | None]
] = {
    "make an account": (
        None,
        ("POST", "/users", {"username": "nina", "email": "nina@example.org", "password": PASSWORD + "!"}),
        ["create", "nora", "nora@example.org", "--password", PASSWORD + "?"],
    ),
    "delete a role": (
        ("/admin/roles/{visitor}/delete", {"heir": "reader"}),
        ("DELETE", "/roles/visitor", None),
        None,
    ),
    "set a role": (
        ("/admin/users/{rhea}/role", {"role": "administrator"}),
        ("PATCH", "/users/{rhea}", {"role": "administrator"}),
        ["set-role", "rhea", "author"],
    ),
    "invite": (
        ("/admin/users/invite", {"email": "new@example.org", "role": "administrator"}),
        ("POST", "/users/invitations", {"email": "new@example.org", "role": "administrator"}),
        ["invite", "new2@example.org"],
    ),
    "make a reset link": (
        ("/admin/users/{rhea}/reset-link", {}),
        ("POST", "/users/{rhea}/reset-link", None),
        ["reset-link", "rhea"],
    ),
    "reset a factor": (
        ("/admin/users/{rhea}/reset-factor", {}),
        ("POST", "/users/{rhea}/reset-factor", None),
        ["reset-factor", "rhea"],
    ),
    "make a role": (
        ("/admin/roles/create", {"title": "Guest", "rank": "20", "permissions": "posts.write"}),
        ("POST", "/roles", {"title": "Guest", "rank": 20, "permissions": ["posts.write"]}),
        None,
    ),
    "change a role": (
        ("/admin/roles/{author}", {"title": "Author", "rank": "30", "permissions": "roles.manage"}),
        ("PATCH", "/roles/author", {"permissions": ["roles.manage"]}),
        ["require-factor", "author"],
    ),
    "delete somebody": (
        ("/admin/users/{rhea}/delete", {"content": "keep"}),
        ("DELETE", "/users/{rhea}?content=keep", None),
        None,
    ),
    "make a token": (
        ("/auth/security/tokens", {"name": "x", "scopes": "users:write", "days": "30"}),
        ("POST", "/tokens", {"name": "x", "scopes": ["users:write"], "days": 30}),
        None,
    ),
}


@pytest.fixture
def numbers(app: Flask, cast: Cast) -> dict[str, int]:
    with app.app_context():
        visitor = Role(name="visitor", title="Visitor", rank=5, permissions=[])
        db.session.add(visitor)
        db.session.commit()
        return {"rhea": cast.rhea.id, "author": queries.role("author").id, "visitor": visitor.id}


def personal_token(app: Flask, cast: Cast) -> str:
    """A token of Ada's with every scope."""
    with app.app_context():
        ada = queries.get(cast.ada.id)
        _, secret = personal_tokens.create(ada, name="all", scopes=list(personal_tokens.SCOPES), days=1)
        db.session.commit()
    return secret


def access_token(client: Visitor, email: str) -> dict[str, str]:
    answer = client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json
    return found


def grow_old(app: Flask) -> None:
    """Let every proof of identity be eleven minutes old."""
    with app.app_context():
        old = clock.now() - LONG
        db.session.execute(update(LoginSession).values(authenticated_at=old))
        db.session.execute(update(RefreshFamily).values(created_at=old))
        db.session.commit()


def call(client: Visitor, numbers: dict[str, int], operation: Any, secret: str) -> int:
    method, path, body = operation
    headers = {"Authorization": f"Bearer {secret}"}
    path = "/api/v1" + path.format(**numbers)
    if method in {"PATCH", "DELETE"}:
        seen = client.get(path.partition("?")[0], headers=headers)
        headers["If-Match"] = seen.headers["ETag"]
    return client.open(path, method=method, json=body, headers=headers).status_code


@pytest.mark.parametrize("deed", PROVED)
def test_deed_that_gives_rights_needs_a_fresh_proof_at_every_door(
    app: Flask, cast: Cast, numbers: dict[str, int], new_client: NewClient, sign_in: SignIn, deed: str
) -> None:
    form, operation, command = PROVED[deed]
    ada, program = sign_in(new_client(), cast.ada), new_client()
    csrf = ada.form_token()
    access = access_token(program, "ada@example.org")["access_token"]
    personal = personal_token(app, cast)
    grow_old(app)
    if form is not None:
        page = ada.post(form[0].format(**numbers), data={"csrf_token": csrf, **form[1]})
        assert page.status_code == 403
        assert 'name="password"' in page.text, "the page asks for the password, and keeps the form"
    assert call(program, numbers, operation, access) == 403
    assert call(program, numbers, operation, personal) == 403
    if command is not None:
        run = app.test_cli_runner().invoke(args=["user", *command])
        assert run.exit_code == 0, run.output
    fresh = access_token(program, "ada@example.org")["access_token"]
    assert call(program, numbers, operation, fresh) in {200, 201, 204}


def test_every_view_of_such_a_deed_asks_before_the_action_refuses(app: Flask) -> None:
    """The action is the rule; the page in front of it keeps what was typed."""
    marked = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, reauthentication.ATTRIBUTE, False)
    }
    assert set(LABELS) <= marked
    assert len(ACTIONS) >= 16


WRITES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/posts", {"title": "Rivers", "body": ""}),
    ("PATCH", "/auth/me", {"name": "Walter"}),
    ("GET", "/auth/me", None),
    ("POST", "/auth/refresh", None),
]


@pytest.fixture
def walts(app: Flask, cast: Cast, new_client: NewClient, sign_in: SignIn) -> dict[str, Any]:
    """Walt at each door, from before authors needed a second factor."""
    browser, program = sign_in(new_client(), cast.walt), new_client()
    tokens = access_token(program, "walt@example.org")
    with app.app_context():
        walt = queries.get(cast.walt.id)
        scopes = ["posts:write", "account:read", "account:write"]
        _, personal = personal_tokens.create(walt, name="mine", scopes=scopes, days=1)
        db.session.commit()
    return {"browser": browser, "program": program, "personal": personal, **tokens}


def test_role_that_asks_for_a_factor_stops_every_door_of_who_has_none(
    app: Flask, cast: Cast, walts: dict[str, Any]
) -> None:
    browser, program = walts["browser"], walts["program"]
    csrf = browser.form_token()
    with app.app_context():
        # Not by the action, which ends the clients as well: the rule has to hold by itself.
        queries.role("author").requires_second_factor = True
        db.session.commit()
        assert not queries.get(cast.walt.id).can(next(iter(cast.walt.role.granted)))
    page = browser.post("/blog/create", data={"csrf_token": csrf, "title": "Rivers", "body": ""})
    assert (page.status_code, page.location) == (303, "/auth/security")
    for method, path, body in WRITES:
        for secret in (walts["access_token"], walts["personal"]):
            headers = {"Authorization": f"Bearer {secret}", "If-Match": "*"}
            assert (
                program.open(f"/api/v1{path}", method=method, json=body, headers=headers).status_code == 401
            )
    headers = {"Authorization": f"Bearer {walts['refresh_token']}"}
    assert program.post("/api/v1/auth/refresh", headers=headers).status_code == 401
    answer = program.post("/api/v1/auth/login", json={"email": "walt@example.org", "password": PASSWORD})
    assert answer.status_code == 401


def test_asking_for_a_factor_ends_programs_that_signed_in_without_one(
    app: Flask, cast: Cast, walts: dict[str, Any]
) -> None:
    with app.app_context():
        role_actions.require_second_factor(queries.role("author"), True, by=None)
        role_actions.require_second_factor(queries.role("author"), False, by=None)
        db.session.commit()
    headers = {"Authorization": f"Bearer {walts['access_token']}"}
    assert walts["program"].get("/api/v1/auth/me", headers=headers).status_code == 401


def test_personal_token_makes_no_administrator(
    app: Flask, cast: Cast, numbers: dict[str, int], new_client: NewClient
) -> None:
    client, secret = new_client(), personal_token(app, cast)
    operation = ("PATCH", "/users/{rhea}", {"role": "administrator"})
    assert call(client, numbers, operation, secret) == 403
    with app.app_context():
        assert queries.get(cast.rhea.id).role.name == "reader"
    assert call(client, numbers, ("PATCH", "/users/{rhea}", {"name": "Rhea R."}), secret) == 200
