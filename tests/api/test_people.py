"""People and their accounts: what readers learn of them, and what administrators do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.people.models import User
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PostFactory, UserFactory

GRACE = {
    "username": "grace",
    "email": "grace@example.org",
    "password": "a compiler and a moth",
    "role": "author",
}


@pytest.fixture
def ada(as_, cast):
    return as_(cast.ada)


def delete(ada, user, **choices):
    path = f"/users/{user.id}"
    query = "&".join(f"{name}={value}" for name, value in choices.items())
    return ada("DELETE", f"{path}?{query}", etag=ada("GET", path).headers["ETag"])


def test_an_account_is_made_for_somebody_who_signs_in_with_it(ada, call, app):
    made = ada("POST", "/users", GRACE | {"name": " Grace Hopper "})
    assert (made.status_code, made.json["role"], made.json["name"]) == (201, "author", "Grace Hopper")
    assert made.headers["Location"].endswith(f"/api/v1/users/{made.json['id']}")
    assert made.json["post_count"] == 0
    assert "password" not in made.text
    login = {"email": GRACE["email"], "password": GRACE["password"]}
    assert call("POST", "/auth/login", login).status_code == 200
    with app.app_context():
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "account.created"))
        assert event.actor_name == "ada"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "walt"}, "username"),
        ({"email": "walt@example.org"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"password": "password"}, "password"),
        ({"role": "emperor"}, "role"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"is_active": False}, "is_active"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_field(ada, cast, change, field):
    refused = ada("POST", "/users", GRACE | change)
    assert refused.status_code == 422
    assert refused.json["errors"].keys() == {field}


def test_an_account_is_made_once_with_a_key(ada):
    key = {"Idempotency-Key": "one"}
    first, second = (ada("POST", "/users", GRACE, headers=key) for _ in range(2))
    assert first.json == second.json


def test_making_and_deleting_accounts_is_for_administrators_who_signed_in_just_now(
    as_, cast, call, monkeypatch
):
    edith, ada = as_(cast.edith), as_(cast.ada)
    path = f"/users/{cast.rhea.id}?content=keep"
    for caller, status in ((call, 401), (edith, 403)):
        assert caller("POST", "/users", GRACE).status_code == status
        assert caller("DELETE", path, etag="*").status_code == status
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    assert ada("POST", "/users", GRACE).status_code == 403
    assert ada("DELETE", path, etag="*").status_code == 403


def test_the_profile_says_since_when_and_how_many_published_posts(call, cast, as_):
    PostFactory.create_batch(2, author=cast.walt)
    DraftFactory(author=cast.walt)
    PostFactory(author=cast.walt, published_at=clock.now() + timedelta(days=1))
    path = f"/users/{cast.walt.id}"
    profile = call("GET", path)
    assert profile.json["post_count"] == 2
    assert profile.json["created_at"]
    assert "email" not in profile.json
    listed = {person["username"]: person["post_count"] for person in call("GET", "/users").json["users"]}
    assert (listed["walt"], listed["edith"]) == (2, 0)
    assert as_(cast.walt)("GET", path).json["post_count"] == 2
    PostFactory(author=cast.walt)
    assert call("GET", path).headers["ETag"] == profile.headers["ETag"]


def test_somebodys_published_posts_are_listed_without_their_texts(call, cast):
    first, second = PostFactory(author=cast.edith, bylines=[cast.walt]), PostFactory(author=cast.walt)
    DraftFactory(author=cast.walt)
    answer = call("GET", f"/users/{cast.walt.id}/posts?per_page=1")
    assert [post["slug"] for post in answer.json["posts"]] == [first.slug]
    assert (answer.json["total"], answer.json["pages"]) == (2, 2)
    assert 'rel="next"' in answer.headers["Link"]
    (post,) = call("GET", f"/users/{cast.walt.id}/posts?per_page=1&page=2").json["posts"]
    assert post["slug"] == second.slug
    assert "body" not in post
    for nobody in (cast.rhea.id, 987):
        assert call("GET", f"/users/{nobody}/posts").status_code == 404


def test_a_guest_is_known_from_the_first_published_post_on(call, client, cast):
    guest = BylineFactory(username="guest", name="A Guest")
    draft = DraftFactory(author=cast.walt, bylines=[guest])
    for path in (f"/api/v1/users/{guest.id}", "/blog/author/guest", "/blog/author/guest/feed.xml"):
        assert client.get(path).status_code == 404, path
    assert "guest" not in {person["username"] for person in call("GET", "/users").json["users"]}
    PostFactory(author=cast.walt, bylines=[guest])
    for path in (f"/api/v1/users/{guest.id}", "/blog/author/guest", "/blog/author/guest/feed.xml"):
        assert client.get(path).status_code == 200, path
    assert draft.title not in client.get("/blog/author/guest").text


def test_an_administrator_changes_a_profile(ada, cast, call):
    path = f"/users/{cast.walt.id}"
    etag = ada("GET", path).headers["ETag"]
    changed = ada("PATCH", path, {"name": "Walt W.", "bio": "Here.", "is_active": False}, etag=etag)
    assert (changed.json["name"], changed.json["bio"], changed.json["is_active"]) == (
        "Walt W.",
        "Here.",
        False,
    )
    assert ada("PATCH", path, {"name": "Other"}, etag=etag).status_code == 412
    assert ada("PATCH", path, {"name": "Other"}).status_code == 428


def test_a_deleted_account_leaves_its_texts_under_its_name(ada, cast, call, client):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post, author=cast.walt, body="A remark.")
    assert delete(ada, cast.walt, content="keep").status_code == 204
    assert "Walt" in client.get(f"/blog/post/{post.slug}").text
    login = {"email": cast.walt.email, "password": "a lamp, a desk and a deadline"}
    assert call("POST", "/auth/login", login).status_code == 401
    assert call("GET", f"/posts/{post.slug}").json["author"]["username"] == "walt"


@pytest.mark.parametrize("heir", [None, "edith"])
def test_a_deleted_account_hands_its_posts_over(ada, cast, call, heir):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post, author=cast.walt)
    choices = {"content": "reassign"} | ({"heir": heir} if heir else {})
    assert delete(ada, cast.walt, **choices).status_code == 204
    assert call("GET", f"/posts/{post.slug}").json["author"]["username"] == (heir or "ada")
    (comment,) = call("GET", f"/posts/{post.slug}/comments").json["comments"]
    assert comment["author"]["name"] == "Former member"
    assert ada("GET", f"/users/{cast.walt.id}").status_code == 404


def test_a_deleted_account_leaves_its_texts_to_a_former_member(ada, cast, call, as_):
    post = PostFactory(author=cast.walt)
    walt = as_(cast.walt)
    assert delete(ada, cast.walt, content="anonymise").status_code == 204
    assert call("GET", f"/posts/{post.slug}").json["author"]["name"] == "Former member"
    assert walt("GET", "/auth/me").status_code == 401
    assert ada("GET", f"/users/{cast.walt.id}").status_code == 404


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({}, "content"),
        ({"content": "shred"}, "content"),
        ({"content": "reassign", "heir": "rhea"}, "heir"),
        ({"content": "reassign", "heir": "nobody"}, "heir"),
        ({"content": "reassign", "heir": "walt"}, "heir"),
    ],
)
def test_a_deletion_says_what_becomes_of_the_texts(ada, cast, choices, field, app):
    refused = delete(ada, cast.walt, **choices)
    assert refused.status_code == 422
    assert refused.json["errors"].keys() == {field}
    with app.app_context():
        assert db.session.get(User, cast.walt.id).email == cast.walt.email


def test_nobody_deletes_themself_an_equal_or_a_byline_here(ada, cast):
    assert delete(ada, cast.ada, content="keep").status_code == 409
    assert delete(ada, UserFactory(role="administrator"), content="keep").status_code == 403
    assert delete(ada, BylineFactory(), content="anonymise").status_code == 409
    assert ada("DELETE", f"/users/{cast.walt.id}?content=keep").status_code == 428
    assert ada("DELETE", f"/users/{cast.walt.id}?content=keep", etag='"other"').status_code == 412
