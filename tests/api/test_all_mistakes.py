"""A request with several wrong fields is answered once, with all of them."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, TagFactory
from tests.support.people import Cast

WRONG_POST = {
    "slug": "taken",
    "canonical_url": "no address",
    "language": "no language",
    "tags": ["a, b"],
    "authors": ["nobody-at-all"],
    "lead_image": {"url": "javascript:alert(1)"},
    "published_at": "2999-01-01T00:00:00Z",
}


def wrong_of(response: object) -> set[str]:
    assert response.status_code == 422, response.text  # type: ignore[attr-defined]
    assert response.mimetype == "application/problem+json"  # type: ignore[attr-defined]
    return set(response.json["errors"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("title", ["", " ", "x" * 301, 7, "A title"])
def test_create_post_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast, title: object) -> None:
    PostFactory(slug="taken", author=cast.edith)
    body = WRONG_POST | {"title": title, "body": "A text."}
    response = as_(cast.walt)("POST", "/posts", body)
    assert wrong_of(response) == WRONG_POST.keys() | ({"title"} if title != "A title" else set())


def test_create_post_names_members_without_their_shape_beside_the_others(
    as_: Callable[..., Caller], cast: Cast
) -> None:
    PostFactory(slug="taken", author=cast.edith)
    body = {"body": 1, "slug": "taken", "language": "?", "tags": "x", "unknown": 1}
    response = as_(cast.walt)("POST", "/posts", body)
    assert wrong_of(response) == {"title", "body", "slug", "language", "tags", "unknown"}


def test_create_post_with_nothing_to_publish_names_the_title_as_well(
    as_: Callable[..., Caller], cast: Cast
) -> None:
    body = {"title": " ", "body": " ", "status": "published"}
    assert wrong_of(as_(cast.walt)("POST", "/posts", body)) == {"title", "body"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_changed_post_names_every_wrong_member_and_stays(
    as_: Callable[..., Caller], cast: Cast, method: str
) -> None:
    PostFactory(slug="taken", author=cast.edith)
    DraftFactory(slug="mine", author=cast.walt, title="Mine")
    walt = as_(cast.walt)
    etag = walt("GET", "/posts/mine").headers["ETag"]
    body = WRONG_POST | {"title": " ", "body": "A text.", "status": "nonsense"}
    assert wrong_of(walt(method, "/posts/mine", body, etag=etag)) == WRONG_POST.keys() | {"title", "status"}
    del body["status"]
    assert wrong_of(walt(method, "/posts/mine", body, etag=etag)) == WRONG_POST.keys() | {"title"}
    answer = walt("GET", "/posts/mine")
    assert answer.json["title"] == "Mine"
    assert answer.headers["ETag"] == etag


def test_mistakes_tell_nothing_of_a_post_of_somebody_else(as_: Callable[..., Caller], cast: Cast) -> None:
    PostFactory(slug="taken", author=cast.edith)
    DraftFactory(slug="secret", author=cast.edith)
    response = as_(cast.walt)("PATCH", "/posts/secret", {"title": 7, "slug": "taken"})
    assert wrong_of(response) == {"title"}


def test_page_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    PageFactory(slug="taken")
    PageFactory(slug="about")
    edith = as_(cast.edith)
    for title in (" ", 7):
        body = {"title": title, "body": "", "slug": "taken", "summary": "x" * 1_001}
        assert wrong_of(edith("POST", "/pages", body)) == {"title", "slug", "summary"}
        etag = edith("GET", "/pages/about").headers["ETag"]
        answer = edith("PATCH", "/pages/about", body, etag=etag)
        assert wrong_of(answer) == {"title", "slug", "summary"}


def test_comment_names_text_and_parent(as_: Callable[..., Caller], cast: Cast) -> None:
    PostFactory(slug="one", author=cast.walt)
    other = CommentFactory(post=PostFactory(slug="two", author=cast.walt))
    rhea = as_(cast.rhea)
    for body in (" ", "", 7, "&#8203;"):
        answer = rhea("POST", "/posts/one/comments", {"body": body, "parent_id": other.id})
        assert wrong_of(answer) == {"body", "parent_id"}


def test_registration_names_every_wrong_member(call: Caller, cast: Cast) -> None:
    for password, username in (
        ("short", "walt"),
        ("password", "walt"),
        ("password", "-x-"),
        ("password", "ab"),
    ):
        body = {"username": username, "email": "nonsense", "password": password}
        assert wrong_of(call("POST", "/auth/register", body)) == {"username", "email", "password"}


def test_registration_never_tells_that_an_address_is_taken(call: Caller, cast: Cast) -> None:
    body = {"username": "walt", "email": cast.rhea.email, "password": "short"}
    assert wrong_of(call("POST", "/auth/register", body)) == {"username", "password"}


def test_closed_registration_tells_no_names(
    make_app: Callable[..., object], new_client: Callable[..., object], cast: Cast
) -> None:
    caller = Caller(new_client(make_app(REGISTRATION="closed")))  # type: ignore[arg-type]
    body = {"username": "walt", "email": "nonsense", "password": "short"}
    assert wrong_of(caller("POST", "/auth/register", body)) == {"password"}


def test_account_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    ada = as_(cast.ada)
    for password in ("short", "password"):
        body = {
            "username": "walt",
            "email": cast.rhea.email,
            "password": password,
            "role": "emperor",
            "name": "edith",
            "website": "ftp://x",
        }
        assert wrong_of(ada("POST", "/users", body)) == set(body)


def test_changed_account_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    ada, path = as_(cast.ada), f"/users/{cast.walt.id}"
    etag = ada("GET", path).headers["ETag"]
    body = {"role": "emperor", "name": "edith", "avatar": "https://x.example/a.png", "is_active": "no"}
    assert wrong_of(ada("PATCH", path, body, etag=etag)) == set(body)
    del body["is_active"]
    assert wrong_of(ada("PATCH", path, body, etag=etag)) == set(body)


def test_profile_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    walt = as_(cast.walt)
    etag = walt("GET", "/auth/me").headers["ETag"]
    body = {"name": "edith", "avatar": "https://x.example/a.png"}
    assert wrong_of(walt("PATCH", "/auth/me", body, etag=etag)) == {"name", "avatar"}
    body |= {"website": "x", "time_zone": "Nowhere"}
    assert wrong_of(walt("PATCH", "/auth/me", body, etag=etag)) == set(body)


def test_settings_name_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    ada = as_(cast.ada)
    etag = ada("GET", "/settings").headers["ETag"]
    body = {"title": " ", "navigation": [{"label": "a|b", "path": "/about"}]}
    assert wrong_of(ada("PATCH", "/settings", body, etag=etag)) == {"title", "navigation"}
    body |= {"accent": "red", "posts_per_page": 0}
    assert wrong_of(ada("PATCH", "/settings", body, etag=etag)) == set(body)


def test_redirect_names_both_addresses(as_: Callable[..., Caller], cast: Cast) -> None:
    ada = as_(cast.ada)
    for path in ("no path", "/", 7):
        body = {"path": path, "url": "javascript:alert(1)"}
        assert wrong_of(ada("POST", "/redirects", body)) == {"path", "url"}


def test_role_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    ada = as_(cast.ada)
    body = {"title": "Editor", "rank": 100, "permissions": []}
    assert {"title", "rank"} <= wrong_of(ada("POST", "/roles", body))
    body["permissions"] = ["nonsense"]
    assert {"title", "rank"} <= wrong_of(ada("POST", "/roles", body))


def test_token_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    rhea = as_(cast.rhea)
    body = {"name": " ", "scopes": ["posts:write"], "days": 7}
    assert wrong_of(rhea("POST", "/tokens", body)) == {"name", "scopes"}
    body["days"] = 0
    assert wrong_of(rhea("POST", "/tokens", body)) == set(body)


def test_tag_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    TagFactory(name="River", slug="river")
    edith = as_(cast.edith)
    for name in ("river", "a, b", 7):
        body = {"name": name, "description": "x" * 5_000}
        assert wrong_of(edith("POST", "/tags", body)) == set(body)
    TagFactory(name="Boats", slug="boats")
    etag = edith("GET", "/tags/boats").headers["ETag"]
    body = {"name": "River", "description": 7}
    assert wrong_of(edith("PATCH", "/tags/boats", body, etag=etag)) == set(body)


def test_mistakes_about_what_is_not_there_are_those_of_their_shape(
    as_: Callable[..., Caller], cast: Cast
) -> None:
    edith = as_(cast.edith)
    for path in ("/tags/none", "/posts/none", "/pages/none"):
        assert edith("PATCH", path, {"unknown": 1}).status_code == 422


def test_invitation_names_every_wrong_member(as_: Callable[..., Caller], cast: Cast) -> None:
    ada = as_(cast.ada)
    for email in ("nonsense", cast.walt.email):
        body = {"email": email, "role": "emperor"}
        assert wrong_of(ada("POST", "/users/invitations", body)) == set(body)


def test_a_registration_counts_once_however_wrong_it_is(
    make_app: Callable[..., object], new_client: Callable[..., object], cast: Cast
) -> None:
    caller = Caller(new_client(make_app(RATELIMIT_REGISTRATION="2 per hour")))  # type: ignore[arg-type]
    body = {"username": "walt", "email": "grace@example.org", "password": "a lamp, a desk and a deadline"}
    assert wrong_of(caller("POST", "/auth/register", body)) == {"username"}
    short = body | {"password": "x"}
    assert wrong_of(caller("POST", "/auth/register", short)) == {"username", "password"}
    # Nobody lists user names by mistakes made on purpose.
    assert wrong_of(caller("POST", "/auth/register", short)) == {"password"}
    assert caller("POST", "/auth/register", body).status_code == 429


def test_judging_stores_nothing(as_: Callable[..., Caller], cast: Cast) -> None:
    """A guest who would be made for a right request is not made for a wrong one."""
    body = {"title": 7, "body": "", "authors": ["walt", "Grace Hopper"], "language": "?"}
    assert wrong_of(as_(cast.walt)("POST", "/posts", body)) == {"title", "language"}
    assert "Grace Hopper" not in as_(cast.ada)("GET", "/users").text
