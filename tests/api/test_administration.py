"""Settings, roles, the log and other people, for programs with the right to them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.people import queries
from masthead.user_admin import actions as user_admin_actions
from tests.factories import UserFactory


@pytest.fixture
def ada(as_, cast):
    return as_(cast.ada)


def test_settings_are_read_and_changed(ada, client, app):
    read = ada("GET", "/settings")
    assert read.json["title"] == "Masthead"
    body = {"title": " The Ferry ", "navigation": [{"label": "About", "path": "/about"}]}
    changed = ada("PATCH", "/settings", body, etag=read.headers["ETag"])
    assert (changed.json["title"], changed.json["tagline"]) == ("The Ferry", read.json["tagline"])
    assert "The Ferry" in client.read("/").title
    assert ada("PATCH", "/settings", {"title": "Other"}, etag=read.headers["ETag"]).status_code == 412
    with app.app_context():
        assert db.session.scalar(select(AuditEvent).where(AuditEvent.action == "settings.changed"))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "  "},
        {"accent": "red"},
        {"language": "english please"},
        {"posts_per_page": 0},
        {"posts_per_page": "20"},
        {"comment_policy": "none"},
        {"navigation": [{"label": "A | B", "path": "/about"}]},
        {"navigation": [{"label": "A", "path": "javascript:alert(1)"}]},
        {"unknown": 1},
    ],
)
def test_settings_that_cannot_be_are_refused(ada, change):
    refused = ada("PATCH", "/settings", change, etag="*")
    assert (refused.status_code, len(refused.json["errors"])) == (422, 1)
    assert ada("GET", "/settings").json["title"] == "Masthead"


def test_the_log_is_read_with_filters_and_a_cursor(ada, as_, cast):
    for person in (cast.walt, cast.edith, cast.walt):
        as_(person)
    found = ada("GET", "/audit?action=sign_in&actor=walt").json
    assert [event["actor_name"] for event in found["events"]] == ["walt", "walt"]
    first = ada("GET", "/audit?action=sign_in.succeeded&per_page=3")
    ids = [event["id"] for event in first.json["events"]]
    second = ada("GET", f"/audit?action=sign_in.succeeded&per_page=3&cursor={first.json['next_cursor']}").json
    ids += [event["id"] for event in second["events"]]
    assert (ids, len(ids), second["total"]) == (sorted(ids, reverse=True), 4, None)
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ada("GET", f"/audit?since={tomorrow}").json["total"] == 0


def test_roles_are_made_changed_and_deleted(ada, as_, cast):
    body = {"title": "Guest editor", "rank": 45, "permissions": ["comments.write", "posts.write"]}
    made = ada("POST", "/roles", body)
    assert (made.status_code, made.json["name"]) == (201, "guest-editor")
    names = [role["name"] for role in ada("GET", "/roles").json["roles"]]
    assert names.index("guest-editor") == names.index("editor") - 1
    etag = ada("GET", f"/users/{cast.rhea.id}").headers["ETag"]
    ada("PATCH", f"/users/{cast.rhea.id}", {"role": "guest-editor"}, etag=etag)
    changed = ada(
        "PATCH", "/roles/guest-editor", {"permissions": ["comments.write"]}, etag=made.headers["ETag"]
    )
    assert changed.json["permissions"] == ["comments.write"]
    stale = ada("PATCH", "/roles/guest-editor", {"rank": 44}, etag=made.headers["ETag"])
    assert stale.status_code == 412
    etag = changed.headers["ETag"]
    assert ada("DELETE", "/roles/guest-editor", etag=etag).status_code == 422
    assert ada("DELETE", "/roles/guest-editor?heir=reader", etag=etag).status_code == 204
    assert as_(cast.rhea)("GET", "/auth/me").json["role"] == "reader"
    built_in = ada("GET", "/roles/author").headers["ETag"]
    assert ada("DELETE", "/roles/author", etag=built_in).status_code == 409


def test_open_invitations_are_listed_read_and_withdrawn(ada, cast, client):
    link = ada("POST", "/users/invitations", {"email": "grace@example.org", "role": "author"}).json["link"]
    answer = ada("GET", "/users/invitations")
    (invitation,) = answer.json["invitations"]
    assert answer.json["total"] == 1
    assert (invitation["email"], invitation["role"], invitation["invited_by"]) == (
        "grace@example.org",
        "author",
        "ada",
    )
    path = f"/users/invitations/{invitation['id']}"
    shown = ada("GET", path)
    assert shown.json == invitation
    assert ada("DELETE", path).status_code == 428
    assert ada("DELETE", path, etag=shown.headers["ETag"]).status_code == 204
    assert ada("GET", path).status_code == 404
    assert ada("DELETE", path, etag=shown.headers["ETag"]).status_code == 404
    assert client.get(link.removeprefix("http://localhost")).status_code == 404


def test_an_invitation_whose_inviter_lost_the_right_is_shown_as_void(ada, as_, app):
    boss = UserFactory(username="boss", role="administrator")
    as_(boss)("POST", "/users/invitations", {"email": "grace@example.org", "role": "author"})
    with app.app_context():
        user_admin_actions.set_role(
            queries.get(boss.id), queries.chosen_role("editor", field="role"), by=None
        )
        db.session.commit()
    (invitation,) = ada("GET", "/users/invitations").json["invitations"]
    assert (invitation["invited_by"], invitation["is_void"]) == ("boss", True)
    assert ada("GET", f"/users/invitations/{invitation['id']}").json == invitation


def test_somebody_is_invited_signed_out_and_helped(ada, as_, cast, client):
    invited = ada("POST", "/users/invitations", {"email": "grace@example.org", "role": "author"})
    assert invited.status_code == 201
    assert invited.headers["Cache-Control"] == "no-store"
    assert client.get(invited.json["link"].removeprefix("http://localhost")).status_code == 200
    taken = ada("POST", "/users/invitations", {"email": cast.walt.email, "role": "author"})
    assert taken.status_code == 422
    walt = as_(cast.walt)
    assert ada("POST", f"/users/{cast.walt.id}/sign-out").status_code == 204
    assert walt("GET", "/auth/me").status_code == 401
    assert "/auth/" in ada("POST", f"/users/{cast.walt.id}/reset-link").json["link"]
    assert ada("POST", f"/users/{cast.walt.id}/reset-factor").status_code in {204, 404, 409}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/settings"),
        ("PATCH", "/settings"),
        ("GET", "/audit"),
        ("GET", "/roles"),
        ("POST", "/roles"),
        ("POST", "/users/invitations"),
        ("GET", "/users/invitations"),
        ("GET", "/users/invitations/1"),
        ("DELETE", "/users/invitations/1"),
        ("POST", "/users/1/sign-out"),
        ("POST", "/users/1/reset-link"),
        ("POST", "/users/1/reset-factor"),
        ("POST", "/pages"),
    ],
)
def test_others_have_no_business_there(call, as_, cast, method, path):
    body = {} if method != "GET" else None
    assert call(method, path, body).status_code == 401
    assert as_(cast.walt)(method, path, body).status_code == 403


def test_links_that_open_accounts_need_a_fresh_sign_in(ada, cast, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    for path, body in (
        ("/users/invitations", {"email": "grace@example.org", "role": "author"}),
        (f"/users/{cast.walt.id}/reset-link", None),
        (f"/users/{cast.walt.id}/reset-factor", None),
    ):
        assert ada("POST", path, body).status_code == 403


def test_ones_own_sign_ins_are_listed_and_ended(as_, cast, sign_in):
    browser, walt = sign_in(cast.walt), as_(cast.walt)
    (login,) = walt("GET", "/auth/sessions").json["sessions"]
    path = f"/auth/sessions/{login['id']}"
    etag = walt("GET", path).headers["ETag"]
    assert as_(cast.edith)("GET", path).status_code == 404
    assert as_(cast.edith)("DELETE", path, etag=etag).status_code == 404
    assert walt("DELETE", path, etag=etag).status_code == 204
    assert browser.get("/auth/profile").status_code == 302
    assert walt("POST", "/auth/sessions/end").status_code == 204
    assert walt("GET", "/auth/me").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "/users/{user_id}", {"role": "emperor"}, "role"),
        ("POST", "/users/invitations", {"email": "nora@example.org", "role": "emperor"}, "role"),
        ("DELETE", "/roles/author?heir=emperor", None, "heir"),
    ],
)
def test_a_role_that_does_not_exist_is_a_wrong_field_and_not_a_missing_page(
    as_, cast, method, path, body, field
):
    refused = as_(cast.ada)(method, path.format(user_id=cast.rhea.id), body, etag="*")
    assert refused.status_code == 422
    assert refused.json["errors"].keys() == {field}
