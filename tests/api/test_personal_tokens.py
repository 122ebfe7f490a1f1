"""Personal tokens: what they open, what they do not, and when they end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.api_tokens import personal_tokens
from masthead.api_tokens.models import ApiToken
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.people import queries
from masthead.people.models import Role
from masthead.user_admin import actions as user_admin_actions
from masthead.web.api import document
from tests.api.conftest import Caller
from tests.factories import DraftFactory, PostFactory
from tests.support.visitors import document as page_of

TOKENS = "/auth/security/tokens"


@pytest.fixture
def token_of(as_, new_client):
    """`token_of(cast.walt, "posts:read")`: a caller with a token that allows this."""

    def make(user, *scopes, days=30):
        body = {"name": "a script", "scopes": list(scopes), "days": days}
        made = as_(user)("POST", "/tokens", body)
        assert made.status_code == 201, made.text
        return Caller(new_client(), {"access_token": made.json["token"], "id": made.json["id"]})

    return make


def test_a_token_does_what_it_allows_and_no_more(token_of, cast):
    DraftFactory(author=cast.walt, title="Mine")
    reading = token_of(cast.walt, "posts:read")
    assert reading("GET", "/posts?status=draft").json["total"] == 1
    refused = reading("POST", "/posts", {"title": "Rivers", "body": ""})
    assert (refused.status_code, refused.json["detail"]) == (403, "This token does not allow posts:write.")
    assert reading("GET", "/tags").status_code == 403
    writing = token_of(cast.walt, "posts:read", "posts:write")
    made = writing("POST", "/posts", {"title": "Rivers", "body": ""}, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201
    read = writing("GET", "/posts/rivers")
    unchanged = writing("GET", "/posts/rivers", headers={"If-None-Match": read.headers["ETag"]})
    assert unchanged.status_code == 304
    assert (
        writing("PATCH", "/posts/rivers", {"title": "Brooks"}, etag=read.headers["ETag"]).status_code == 200
    )


def test_a_token_never_allows_more_than_its_owner_may(app, as_, token_of, cast):
    walt = as_(cast.walt)
    refused = walt("POST", "/tokens", {"name": "x", "scopes": ["settings:write"], "days": 1})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["scopes"])
    moderating = token_of(cast.mona, "comments:moderate")
    assert moderating("GET", "/comments").status_code == 200
    with app.app_context():
        user_admin_actions.set_role(queries.get(cast.mona.id), queries.role("reader"), by=None)
        db.session.commit()
    assert moderating("GET", "/comments").status_code == 403


def test_the_secret_is_shown_once_and_not_stored(app, as_, cast):
    walt = as_(cast.walt)
    made = walt("POST", "/tokens", {"name": "a script", "scopes": ["posts:read"], "days": 7})
    secret = made.json["token"]
    assert secret.startswith("masthead_pat_")
    assert made.headers["Cache-Control"] == "no-store"
    assert secret not in walt("GET", "/tokens").text
    with app.app_context():
        token = db.session.scalars(select(ApiToken)).one()
        assert secret not in str(vars(token))
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "token.created")).one()
        assert secret not in str(vars(event))


def test_its_use_is_noted(app, token_of, cast, as_):
    reading = token_of(cast.walt, "posts:read")
    walt = as_(cast.walt)
    assert walt("GET", "/tokens").json["tokens"][0]["last_used_at"] is None
    reading("GET", "/posts")
    assert walt("GET", "/tokens").json["tokens"][0]["last_used_at"] is not None


def test_a_revoked_token_opens_nothing_from_the_next_request_on(token_of, cast, as_):
    reading, walt = token_of(cast.walt, "posts:read"), as_(cast.walt)
    path = f"/tokens/{reading.tokens['id']}"
    assert walt("DELETE", path).status_code == 428
    etag = walt("GET", path).headers["ETag"]
    assert as_(cast.edith)("DELETE", path, etag=etag).status_code == 404
    assert walt("DELETE", path, etag=etag).status_code == 204
    assert reading("GET", "/posts").status_code == 401


def test_a_token_ends_by_itself(app, token_of, cast):
    reading = token_of(cast.walt, "posts:read", days=1)
    with app.app_context():
        db.session.scalars(select(ApiToken)).one().expires_at = clock.now() - timedelta(seconds=1)
        db.session.commit()
    assert reading("GET", "/posts").status_code == 401


def test_a_disabled_account_loses_its_tokens_for_good(app, token_of, cast):
    reading = token_of(cast.walt, "posts:read")
    for change in (user_admin_actions.disable, user_admin_actions.enable):
        with app.app_context():
            change(queries.get(cast.walt.id), by=None)
            db.session.commit()
        assert reading("GET", "/posts").status_code == 401


def test_a_role_that_asks_for_a_second_factor_closes_tokens_of_those_who_have_none(app, token_of, cast):
    reading = token_of(cast.walt, "posts:read")
    with app.app_context():
        db.session.scalars(select(Role).where(Role.name == "author")).one().requires_second_factor = True
        db.session.commit()
    assert reading("GET", "/posts").status_code == 401


def test_a_token_makes_no_tokens(token_of, cast):
    holder = token_of(cast.walt, "account:read", "account:write")
    assert holder("GET", "/auth/me").json["username"] == "walt"
    for method, body in (("GET", None), ("POST", {"name": "x", "scopes": ["posts:read"], "days": 1})):
        assert holder(method, "/tokens", body).status_code == 403


def test_an_old_sign_in_makes_no_tokens(app, as_, cast, monkeypatch):
    walt = as_(cast.walt)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    refused = walt("POST", "/tokens", {"name": "x", "scopes": ["posts:read"], "days": 1})
    assert (refused.status_code, refused.json["detail"][:13]) == (403, "Sign in again")


def test_an_account_has_few(as_, cast, monkeypatch):
    monkeypatch.setattr(personal_tokens, "MOST_TOKENS", 2)
    walt = as_(cast.walt)
    body = {"name": "x", "scopes": ["posts:read"], "days": 1}
    assert [walt("POST", "/tokens", body).status_code for _ in range(3)] == [201, 201, 409]


@pytest.mark.parametrize("token", ["masthead_pat_", "masthead_pat_" + "x" * 43, "masthead_pat_\u00e9"])
def test_a_token_that_nobody_made_opens_nothing(call, token):
    answer = call("GET", "/posts", token=token)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_every_operation_has_a_scope_that_somebody_can_choose(app):
    needed = {described.needed_scope(method) for _, method, described, _ in document.operations(app)}
    assert needed - {None} == set(personal_tokens.SCOPES)


def test_a_token_is_made_shown_and_revoked_on_the_page(sign_in, cast, call):
    PostFactory()
    walt = sign_in(cast.walt)
    made = walt.fill_in(TOKENS, name="The printer", scopes=["posts:read"], days="30", button=None)
    secret = page_of(made).text("//p[@class='recovery-codes']//code")
    assert made.headers["Cache-Control"] == "no-store"
    assert call("GET", "/posts", token=secret).json["total"] == 1
    assert "The printer" in walt.read(TOKENS).text("//main")
    assert secret not in walt.get(TOKENS).text
    token_id = walt.read(TOKENS).all("//form[contains(@action, 'revoke')]")[0].get("action").split("/")[-2]
    assert sign_in(cast.edith).press("/auth/security", None, action="/auth/logout").status_code in {302, 303}
    assert walt.press(TOKENS, action=f"{TOKENS}/{token_id}/revoke").status_code == 303
    assert call("GET", "/posts", token=secret).status_code == 401


def test_the_page_asks_for_a_fresh_sign_in(sign_in, cast, app, monkeypatch):
    walt = sign_in(cast.walt)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    answer = walt.fill_in(TOKENS, name="x", scopes=["posts:read"], days="7")
    assert "masthead_pat_" not in answer.text
    with app.app_context():
        assert db.session.scalar(select(ApiToken)) is None


def test_a_form_with_errors_keeps_what_was_typed(sign_in, cast):
    walt = sign_in(cast.walt)
    answer = walt.fill_in(TOKENS, name="The printer", days="7")
    assert answer.status_code == 422
    assert "Choose at least one" in page_of(answer).text("//main")
    assert page_of(answer).all("//input[@name='name']")[0].get("value") == "The printer"
