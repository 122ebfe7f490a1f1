"""Addresses that lead elsewhere: set by pages, API and shell."""

import pytest

from tests.api.conftest import Caller, as_  # noqa: F401 (a fixture)
from tests.factories import PostFactory
from tests.support.visitors import document

OLD, NEW = "/2019/ferry.html", "https://river.example/ferry?a=1"


def test_a_redirect_is_made_found_followed_and_removed_at_the_desk(sign_in, cast, client):
    ada = sign_in(cast.ada)
    assert client.get(OLD).status_code == 404
    assert ada.fill_in("/admin/redirects", {"path": OLD, "url": NEW}).status_code == 303
    response = client.get(OLD)
    assert (response.status_code, response.location) == (301, NEW)
    page = ada.read("/admin/redirects?q=ferry")
    assert page.texts("//table//th[@scope='row']") == [OLD]
    (action,) = [form.action for form in page.forms if form.action.endswith("/delete")]
    assert ada.press("/admin/redirects", action=action).status_code == 303
    assert client.get(OLD).status_code == 404


def test_a_redirect_is_made_listed_and_removed_by_the_api(as_, cast, client):  # noqa: F811
    ada = as_(cast.ada)
    made = ada("POST", "/redirects", {"path": OLD, "url": "/about"})
    assert (made.status_code, made.json["path"], made.json["url"]) == (201, OLD, "/about")
    assert client.get(OLD).location == "/about"
    assert [found["id"] for found in ada("GET", "/redirects?q=FERRY").json["redirects"]] == [made.json["id"]]
    path = f"/redirects/{made.json['id']}"
    assert ada("GET", path).json == made.json
    assert ada("DELETE", path).status_code == 204
    assert (ada("GET", path).status_code, client.get(OLD).status_code) == (404, 404)


def test_a_redirect_is_made_listed_and_removed_by_the_shell(invoke, client):
    assert invoke("redirect", "add", OLD, NEW).returncode == 0
    assert invoke("redirect", "list").stdout == f"{OLD}\t{NEW}\n"
    assert client.get(OLD).location == NEW
    assert invoke("redirect", "remove", OLD).returncode == 0
    assert client.get(OLD).status_code == 404
    assert invoke("redirect", "remove", OLD).returncode == 1


@pytest.mark.parametrize(
    ("path", "url", "field"),
    [
        ("", NEW, "path"),
        ("ferry.html", NEW, "path"),
        ("/", NEW, "path"),
        ("//elsewhere.example/a", NEW, "path"),
        ("/" + "x" * 1_000, NEW, "path"),
        (OLD, "", "url"),
        (OLD, "javascript:alert(1)", "url"),
        (OLD, "//elsewhere.example", "url"),
        (OLD, "ferry", "url"),
        (OLD, OLD, "url"),
    ],
)
def test_what_is_no_redirect_is_refused_beside_its_field(sign_in, as_, cast, path, url, field):  # noqa: F811
    response = sign_in(cast.ada).fill_in("/admin/redirects", {"path": path, "url": url})
    assert response.status_code == 422
    assert document(response).error_of(field)
    answer = as_(cast.ada)("POST", "/redirects", {"path": path, "url": url})
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {field})


def test_an_old_address_leads_to_one_place(as_, cast):  # noqa: F811
    ada = as_(cast.ada)
    assert ada("POST", "/redirects", {"path": OLD, "url": NEW}).status_code == 201
    assert ada("POST", "/redirects", {"path": OLD + "/", "url": "/about"}).status_code == 409


def test_a_page_that_is_there_is_not_led_away(sign_in, cast, client):
    PostFactory(author=cast.walt, slug="here")
    sign_in(cast.ada).fill_in("/admin/redirects", {"path": "/blog/post/here", "url": NEW})
    assert client.get("/blog/post/here").status_code == 200


@pytest.mark.parametrize("name", ["edith", "walt", "rhea"])
def test_only_administrators_set_redirects(sign_in, as_, cast, name):  # noqa: F811
    person = getattr(cast, name)
    assert sign_in(person).get("/admin/redirects").status_code in {403, 404}
    assert as_(person)("POST", "/redirects", {"path": OLD, "url": NEW}).status_code == 403
