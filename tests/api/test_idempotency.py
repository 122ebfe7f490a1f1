"""A request that is sent again does nothing a second time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.posts.models import Post
from masthead.web.api import idempotency
from masthead.web.api.idempotency import UsedKey
from tests.factories import PostFactory

KEY = {"Idempotency-Key": "a-key"}
RIVERS = {"title": "Rivers", "body": "They run."}


def count(app, model):
    with app.app_context():
        return len(db.session.scalars(select(model)).unique().all())


def test_the_same_request_answers_the_same_and_does_nothing(app, as_, cast):
    walt = as_(cast.walt)
    first = walt("POST", "/posts", RIVERS, headers=KEY)
    second = walt("POST", "/posts", RIVERS, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == first.json
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count(app, Post) == 1


def test_a_save_is_answered_again_instead_of_found_stale(as_, cast):
    post = PostFactory(author=cast.walt)
    walt = as_(cast.walt)
    path = f"/posts/{post.slug}"
    etag = walt("GET", path).headers["ETag"]
    answers = [walt("PATCH", path, {"title": "Brooks"}, etag=etag, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    etag = answers[0].headers["ETag"]
    gone = [walt("DELETE", path, etag=etag, headers={"Idempotency-Key": "b"}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [204, 204]
    assert "Content-Type" not in gone[1].headers


@pytest.mark.parametrize("other", [{"title": "Brooks", "body": "They run."}, {"title": "Rivers", "body": ""}])
def test_other_parameters_are_refused(app, as_, cast, other):
    walt = as_(cast.walt)
    walt("POST", "/posts", RIVERS, headers=KEY)
    refused = walt("POST", "/posts", other, headers=KEY)
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json["errors"]
    assert count(app, Post) == 1


def test_keys_belong_to_the_account(app, as_, cast):
    for person in (cast.walt, cast.edith):
        assert as_(person)("POST", "/posts", RIVERS, headers=KEY).status_code == 201
    assert count(app, Post) == 2


def test_nothing_is_kept_where_nothing_was_done(app, as_, cast, call):
    walt = as_(cast.walt)
    assert walt("POST", "/posts", {"title": ""}, headers=KEY).status_code == 422
    assert as_(cast.rhea)("POST", "/posts", RIVERS, headers=KEY).status_code == 403
    assert call("POST", "/posts", RIVERS, headers=KEY).status_code == 401
    assert walt("POST", "/posts/none/publish", {}, headers=KEY).status_code == 404
    assert count(app, UsedKey) == 0
    assert walt("POST", "/posts", RIVERS, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "\u00e9"])
def test_a_key_that_is_none_is_refused(as_, cast, key):
    assert as_(cast.walt)("POST", "/posts", RIVERS, headers={"Idempotency-Key": key}).status_code == 400


def test_signing_in_keeps_no_secrets(app, call, cast):
    from tests.support.people import PASSWORD

    body = {"email": cast.walt.email, "password": PASSWORD}
    tokens = {call("POST", "/auth/login", body, headers=KEY).json["access_token"] for _ in range(2)}
    assert len(tokens) == 2
    assert count(app, UsedKey) == 0


def test_a_key_counts_for_a_day(app, as_, cast, monkeypatch):
    walt = as_(cast.walt)
    walt("POST", "/posts", RIVERS, headers=KEY)
    with app.app_context():
        db.session.scalars(select(UsedKey)).one().created_at = clock.now() - timedelta(hours=24, seconds=1)
        db.session.commit()
    assert walt("POST", "/posts", {"title": "Brooks", "body": ""}, headers=KEY).status_code == 201
    assert count(app, UsedKey) == 1
    with app.app_context():
        db.session.scalars(select(UsedKey)).one().created_at = clock.now() - timedelta(hours=25)
        db.session.commit()
        idempotency.forget_old()
    assert count(app, UsedKey) == 0


def test_of_many_at_once_one_acts(app, as_, cast, in_parallel):
    walt = as_(cast.walt)
    statuses = []

    def send():
        caller = type(walt)(app.test_client(), walt.tokens)
        statuses.append(caller("POST", "/posts", RIVERS, headers=KEY).status_code)

    assert in_parallel(send, times=6) == []
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert count(app, Post) == 1
    assert walt("POST", "/posts", RIVERS, headers=KEY).headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_whoever_comes_too_late_learns_that_the_same_was_done_and_not_what_is_wrong(
    app, as_, cast, in_parallel, method
):
    post = PostFactory(author=cast.walt)
    walt = as_(cast.walt)
    path = "/posts" if method == "POST" else f"/posts/{post.slug}"
    body = {"DELETE": None, "PATCH": {"title": "Brooks"}, "POST": RIVERS | {"slug": "rivers"}}[method]
    etag = walt("GET", f"/posts/{post.slug}").headers["ETag"]
    statuses = []

    def send():
        caller = type(walt)(app.test_client(), walt.tokens)
        statuses.append(caller(method, path, body, etag=etag, headers=KEY).status_code)

    assert in_parallel(send, times=6) == []
    assert set(statuses) <= {200, 201, 204, 409}


def test_a_crash_right_after_the_commit_loses_no_answer(app, as_, cast, killed_at):
    walt = as_(cast.walt)
    with killed_at("after_commit"):
        walt("POST", "/posts", RIVERS, headers=KEY)
    assert (count(app, Post), count(app, UsedKey)) == (1, 1)
    again = walt("POST", "/posts", RIVERS, headers=KEY)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.json == walt("GET", "/posts/rivers").json
    assert again.location == "http://localhost/api/v1/posts/rivers"
    assert count(app, Post) == 1


def test_a_crash_right_before_the_commit_leaves_nothing(app, as_, cast, killed_at):
    walt = as_(cast.walt)
    with killed_at("before_commit"):
        walt("POST", "/posts", RIVERS, headers=KEY)
    assert (count(app, Post), count(app, UsedKey)) == (0, 0)
    assert "Idempotent-Replayed" not in walt("POST", "/posts", RIVERS, headers=KEY).headers
    assert count(app, Post) == 1
