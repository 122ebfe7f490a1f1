"""The OpenAPI document says everything, and nothing that is not so."""

import re

import pytest

from tests.factories import PostFactory

OTHERS = {
    "api_document.openapi",
    "api_document.docs",
    "api_document.attempt",
    "api_document.swagger_ui",
}


def test_every_operation_is_in_the_document_and_no_other(app, document):
    documented = {
        (re.sub(r"{\w+}", "{}", path), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
    }
    routed = {
        (re.sub(r"<[^>]+>", "{}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.endpoint not in OTHERS
    }
    assert documented == routed


def test_every_reference_leads_somewhere(document):
    for kind, name in re.findall(r"#/components/(\w+)/([\w-]+)", str(document)):
        assert name in document["components"][kind]


@pytest.mark.parametrize("headers", [{}, {"API-Version": "v1"}])
def test_a_path_without_a_version_means_the_present_one(client, headers):
    PostFactory()
    answer = client.get("/api/posts", headers=headers)
    assert (answer.status_code, answer.headers["API-Version"]) == (200, "v1")


def test_an_unknown_version_is_refused(client):
    assert client.get("/api/posts", headers={"API-Version": "v9"}).status_code == 400
    assert client.get("/api/v9/posts").status_code == 404


def test_people_are_listed_as_far_as_the_reader_may_know(call, as_, cast):
    public = call("GET", "/users").json["users"]
    assert all("email" not in person for person in public)
    assert cast.rhea.username not in {person["username"] for person in public}
    assert call("GET", f"/users/{cast.rhea.id}").status_code == 404
    ada = as_(cast.ada)
    assert cast.rhea.email in {person["email"] for person in ada("GET", "/users").json["users"]}
    etag = ada("GET", f"/users/{cast.rhea.id}").headers["ETag"]
    assert (
        as_(cast.edith)("PATCH", f"/users/{cast.rhea.id}", {"role": "editor"}, etag=etag).status_code == 403
    )
    assert ada("PATCH", f"/users/{cast.rhea.id}", {"role": "author"}, etag=etag).json["role"] == "author"
    rhea = ada("GET", f"/users/{cast.ada.id}")
    assert (
        ada("PATCH", f"/users/{cast.ada.id}", {"is_active": False}, etag=rhea.headers["ETag"]).status_code
        == 409
    )


def test_everybody_changes_their_own_profile_and_nothing_else(as_, cast):
    walt = as_(cast.walt)
    etag = walt("GET", "/auth/me").headers["ETag"]
    assert walt("PATCH", "/auth/me", {"role": "administrator"}, etag=etag).status_code == 422
    for website in ("javascript:alert(1)", "http://", "https://a b.example", 'https://a.example/"onfocus="x'):
        refused = walt("PATCH", "/auth/me", {"website": website}, etag=etag)
        assert refused.json["errors"].keys() == {"website"}, website
    for website in ("", "https://ada.example/über?x=1#y", "http://127.0.0.1:8000"):
        taken = walt("PATCH", "/auth/me", {"website": website}, etag="*")
        assert taken.json["website"] == website
    etag = taken.headers["ETag"]
    assert walt("PATCH", "/auth/me", {"name": "Walt W."}, etag=etag).json["name"] == "Walt W."
    assert walt("PATCH", "/auth/me", {"name": "Other"}, etag=etag).status_code == 412
