"""The trash of pages: on the pages of editors, in the API, and by the passing of time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.pages import tasks
from masthead.pages.models import Page, PageSlug
from masthead.redirects import actions as redirects
from masthead.redirects.models import Redirect, Target
from tests.api.conftest import Caller, as_  # noqa: F401 (a fixture)
from tests.factories import PageFactory
from tests.factories.storing import storing


@pytest.fixture
def edith(sign_in, cast):
    return sign_in(cast.edith)


@pytest.fixture
def page(cast):
    return PageFactory(title="House rules", slug="house", body="Be kind.")


def address(page, step):
    return f"/admin/pages/{page.id}/{step}"


def press(edith, page, step):
    """Open the page that asks, and say yes."""
    return edith.press(address(page, step), action="")


def test_a_page_goes_to_the_trash_and_comes_back_as_a_draft(edith, client, page):
    assert client.get("/page/house").status_code == 200
    assert press(edith, page, "delete").status_code == 303
    assert client.get("/page/house").status_code == 404
    assert edith.get("/page/house").status_code == 404
    assert "House rules" not in edith.get("/admin/pages").text
    assert "/page/house" not in client.get("/sitemap.xml").text
    restored = edith.press("/admin/pages?state=trashed", action=address(page, "restore"))
    assert restored.status_code == 303
    assert client.get("/page/house").status_code == 404
    edith.fill_in(f"/admin/pages/{page.id}", title="House rules", button="publish")
    assert client.get("/page/house").status_code == 200


def test_a_page_in_the_trash_keeps_its_addresses_until_it_is_gone(edith, page):
    press(edith, page, "delete")
    refused = edith.fill_in("/admin/pages/create", title="Other", body="Text.", slug="house", button="save")
    assert refused.status_code == 422
    assert edith.get(f"/admin/pages/{page.id}").status_code == 409
    assert press(edith, page, "purge").status_code == 303
    taken = edith.fill_in("/admin/pages/create", title="Other", body="Text.", slug="house", button="save")
    assert taken.status_code == 303


def test_what_is_not_in_the_trash_is_not_deleted_for_good(edith, page, client):
    assert edith.get(address(page, "purge")).status_code == 409
    for step in ("purge", "restore"):
        refused = edith.post(address(page, step), data={"csrf_token": edith.form_token()})
        assert refused.status_code == 409
    assert client.get("/page/house").status_code == 200


def test_old_addresses_of_a_page_in_the_trash_lead_nowhere(edith, client, page):
    edith.fill_in(f"/admin/pages/{page.id}", title="House rules", slug="rules", button="save")
    with storing():
        redirects.keep("/old/house", kind=Target.PAGE, target_id=page.id)
    assert client.get("/page/house").location == "/page/rules"
    assert client.get("/old/house").location == "/page/rules"
    press(edith, page, "delete")
    assert client.get("/page/house").status_code == 404
    assert client.get("/old/house").status_code == 404


def test_the_trash_is_emptied_after_thirty_days(app, edith, page, monkeypatch):
    other = PageFactory(slug="other")
    with storing():
        redirects.keep("/old/house", kind=Target.PAGE, target_id=page.id)
    press(edith, page, "delete")
    now = clock.now()
    with app.app_context():
        for days, left in ((29, {page.id, other.id}), (31, {other.id})):
            monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
            tasks.purge_trash()
            assert set(db.session.scalars(select(Page.id))) == left
        assert db.session.scalars(select(PageSlug.slug)).all() == ["other"]
        assert db.session.scalars(select(Redirect.path)).all() == []


def test_a_program_trashes_lists_restores_and_purges(as_, cast, page, client):  # noqa: F811
    edith = as_(cast.edith)
    etag = edith("GET", "/pages/house").headers["ETag"]
    assert edith("DELETE", "/pages/house").status_code == 428
    assert edith("DELETE", "/pages/house", etag='"0"').status_code == 412
    assert edith("DELETE", "/pages/house?purge=true", etag=etag).status_code == 409
    gone = [edith("DELETE", "/pages/house", etag=etag, headers={"Idempotency-Key": "a"}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [204, 204]
    assert edith("GET", "/pages/house").status_code == 404
    assert edith("PATCH", "/pages/house", {"title": "Other"}, etag="*").status_code == 404
    assert edith("GET", "/pages").json["total"] == 0
    (trashed,) = edith("GET", "/pages?status=trashed").json["items"]
    assert (trashed["slug"], trashed["status"], trashed["is_public"]) == ("house", "trashed", False)
    restored = edith("POST", "/pages/house/restore")
    assert (restored.status_code, restored.json["status"]) == (200, "draft")
    assert edith("POST", "/pages/house/restore").status_code == 409
    etag = restored.headers["ETag"]
    assert edith("DELETE", "/pages/house", etag=etag).status_code == 204
    (trashed,) = edith("GET", "/pages?status=trashed").json["items"]
    version = f'"{trashed["version"]}"'
    assert edith("DELETE", "/pages/house?purge=true", etag=version).status_code == 204
    assert edith("GET", "/pages?status=trashed").json["total"] == 0


def test_the_trash_is_for_those_who_write_pages(as_, cast, page, new_client):  # noqa: F811
    walt, nobody = as_(cast.walt), Caller(new_client())
    for caller, status in ((walt, 403), (nobody, 401)):
        assert caller("DELETE", "/pages/house", etag="*").status_code == status
        assert caller("POST", "/pages/house/restore").status_code == status
    for caller in (walt, nobody):
        for wanted in ("trashed", "draft"):
            assert caller("GET", f"/pages?status={wanted}").status_code == 403
        assert caller("GET", "/pages?status=published").json["total"] == 1
