from datetime import timedelta

import pytest

from masthead import clock
from tests.api.conftest import as_
from tests.factories import DraftFactory, PostFactory
from tests.support.editors import Editor

__all__ = ["as_"]


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def in_minutes(minutes):
    return f"{clock.now() + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_an_expired_post_is_gone_from_everywhere_at_its_moment(as_, client, cast, time_machine):
    post = PostFactory(author=cast.walt, title="The fair", tags=["Rivers"])
    other = PostFactory(author=cast.walt, title="The tent")
    walt = as_(cast.walt)
    answer = walt("PATCH", f"/posts/{post.slug}", {"expires_at": in_minutes(30)}, etag="*")
    assert answer.status_code == 200
    walt(
        "PATCH",
        f"/posts/{other.slug}",
        {"expires_at": in_minutes(30), "expires_to": "/blog/tag/rivers"},
        etag="*",
    )
    lists = ("/", "/blog/", "/feed.xml", "/sitemap-posts-1.xml", "/blog/author/walt", "/search?q=fair")
    for path in (*lists, "/blog/tag/rivers"):
        assert post.slug in client.get(path).text
    assert client.get(f"/blog/post/{post.slug}").status_code == 200
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    gone = client.get(f"/blog/post/{post.slug}")
    assert gone.status_code == 410
    assert "limited time" in gone.text
    for path in lists:
        assert post.slug not in client.get(path).text
    moved = client.get(f"/blog/post/{other.slug}")
    assert (moved.status_code, moved.location) == (301, "/blog/tag/rivers")
    assert client.get(f"/api/v1/posts/{post.slug}").status_code == 404
    # Published again, it is there for good.
    walt = as_(cast.walt)
    again = walt("POST", f"/posts/{post.slug}/publish")
    assert (again.json["status"], again.json["expires_at"]) == ("published", None)
    assert client.get(f"/blog/post/{post.slug}").status_code == 200


def test_a_scheduled_update_replaces_the_text_at_its_moment(walt, as_, client, cast, time_machine):
    post = PostFactory(author=cast.walt, body="Version A.")
    Editor(walt, post.id).send(body="Version B.")
    assert (
        as_(cast.walt)("PATCH", f"/posts/{post.slug}", {"update_at": in_minutes(30)}, etag="*").status_code
        == 200
    )
    assert "Version A." in client.get(f"/blog/post/{post.slug}").text
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    assert "Version B." in client.get(f"/blog/post/{post.slug}").text
    now = as_(cast.walt)("GET", f"/posts/{post.slug}").json
    assert (now["update_at"], now["has_working_copy"]) == (None, False)
    # One press undoes it.
    walt.press(f"/blog/edit/{post.id}/history", action=f"/blog/edit/{post.id}/history/1/restore")
    assert "Version A." in client.get(f"/blog/post/{post.slug}").text


@pytest.mark.databases("sqlite")
def test_plans_are_checked_and_need_the_right_to_publish(walt, sign_in, cast):
    post = PostFactory(author=cast.walt)
    edit = f"/blog/edit/{post.id}"
    assert walt.fill_in(edit, expires_at="2020-01-01T10:00", button="save").status_code == 422
    assert walt.fill_in(edit, expires_to="javascript:alert(1)", button="save").status_code == 422
    assert walt.fill_in(edit, expires_to="//evil.example", button="save").status_code == 422
    later = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert walt.fill_in(edit, expires_at=later, update_at=later, button="save").status_code == 303
    shown = walt.read(edit).form({"body": ""}, "save").values
    assert (shown["expires_at"][0], shown["update_at"][0]) == (later, later)
    draft = DraftFactory(author=cast.colin)
    colin = sign_in(cast.colin)
    form = colin.read(f"/blog/edit/{draft.id}").form({"body": ""}, "save").filled({}, "save")
    refused = colin.post(f"/blog/edit/{draft.id}", data=form | {"expires_at": later})
    assert refused.status_code == 422


@pytest.mark.databases("sqlite")
def test_search_results_and_cards_show_their_own_words(walt, as_, client, cast):
    post = PostFactory(author=cast.walt, title="The ferry", summary="An excerpt.", lead_image=None)
    words = {
        "meta_title": "Ferry at Callow",
        "meta_description": "Times and fares.",
        "card_title": "Come aboard",
        "card_description": "A rope and a boat.",
        "card_image": "https://example.org/card.jpg",
    }
    assert walt.fill_in(f"/blog/edit/{post.id}", words, button="save").status_code == 303
    page = client.read(f"/blog/post/{post.slug}")
    assert page.title.startswith("Ferry at Callow")
    assert page.text("//h1") == "The ferry"

    def meta(name):
        return page.all(f"//meta[@name='{name}' or @property='{name}']/@content")[0]

    assert meta("description") == "Times and fares."
    assert meta("og:title") == "Come aboard"
    assert meta("og:description") == "A rope and a boat."
    assert meta("og:image").endswith("/card.jpg")
    answer = as_(cast.walt)("GET", f"/posts/{post.slug}").json
    assert {name: answer[name] for name in words} == words
    revision = as_(cast.walt)("GET", f"/posts/{post.slug}/revisions/2").json
    assert revision["card_title"] == "Come aboard"
    cleared = as_(cast.walt)(
        "PATCH", f"/posts/{post.slug}", {"card_image": None, "meta_title": None}, etag="*"
    )
    assert (cleared.json["card_image"], cleared.json["meta_title"]) == (None, "")
    assert walt.fill_in(f"/blog/edit/{post.id}", card_image="javascript:x", button="save").status_code == 422
