"""Translations of a text lead to each other, for as long as readers may see them."""

from datetime import timedelta

import pytest

from masthead import clock
from tests.factories import DraftFactory, PostFactory
from tests.support.pages import settle


def alternates(page):
    return {
        link.get("hreflang"): link.get("href") for link in page.all("//link[@rel='alternate'][@hreflang]")
    }


def shown(page):
    return page.texts("//nav[@class='translations']//a")


@pytest.fixture
def ferry(cast):
    """A text in English, German and French, and one about something else."""
    PostFactory(author=cast.walt, slug="bridge", title="The bridge", language="de")
    for language, slug, title in (
        (None, "ferry", "The ferry"),
        ("de", "faehre", "Die Fähre"),
        ("fr", "bac", "Le bac"),
    ):
        PostFactory(author=cast.walt, slug=slug, title=title, language=language, translation_key="ferry")


@pytest.mark.parametrize("slug", ["ferry", "faehre", "bac"])
def test_each_translation_leads_to_all_in_head_and_body(client, ferry, slug):
    page = client.read(f"/blog/post/{slug}")
    place = "http://localhost/blog/post/"
    assert alternates(page) == {
        "de": f"{place}faehre",
        "en": f"{place}ferry",
        "fr": f"{place}bac",
        "x-default": f"{place}ferry",
    }
    others = {"faehre": "Die Fähre", "ferry": "The ferry", "bac": "Le bac"}
    del others[slug]
    assert sorted(shown(page)) == sorted(others.values())


def test_a_text_without_translations_names_none(client, ferry, cast):
    PostFactory(author=cast.walt, slug="alone", translation_key="alone")
    for slug in ("bridge", "alone"):
        page = client.read(f"/blog/post/{slug}")
        assert alternates(page) == {}
        assert shown(page) == []


def test_what_readers_cannot_see_is_no_translation(client, ferry, cast, sign_in):
    DraftFactory(author=cast.walt, slug="veer", title="De veerboot", language="nl", translation_key="ferry")
    later = clock.now() + timedelta(days=1)
    PostFactory(slug="lautta", title="Lautta", language="fi", translation_key="ferry", published_at=later)
    for reader in (client, sign_in(cast.walt)):
        page = reader.read("/blog/post/ferry")
        assert alternates(page).keys() == {"de", "en", "fr", "x-default"}
        assert sorted(shown(page)) == ["Die Fähre", "Le bac"]


def test_pages_follow_what_becomes_of_their_translations(app, client, ferry, as_, cast):
    walt = as_(cast.walt)

    def now():
        settle([app])
        return sorted(shown(client.read("/blog/post/ferry")))

    assert now() == ["Die Fähre", "Le bac"]
    walt("PATCH", "/posts/bac", {"title": "Le bac neuf"}, etag="*")
    assert now() == ["Die Fähre", "Le bac neuf"]
    walt("POST", "/posts/bac/unpublish", etag="*")
    assert now() == ["Die Fähre"]
    walt("POST", "/posts/bac/publish", {}, etag="*")
    assert now() == ["Die Fähre", "Le bac neuf"]
    walt("PATCH", "/posts/faehre", {"translation_key": None}, etag="*")
    assert now() == ["Le bac neuf"]
    walt("PATCH", "/posts/bridge", {"translation_key": "ferry"}, etag="*")
    assert now() == ["Le bac neuf", "The bridge"]
    walt("PATCH", "/posts/bridge", {"language": "fr"}, etag="*")
    # Of one language the oldest counts.
    assert now() == ["The bridge"]
    walt("DELETE", "/posts/bridge", etag="*")
    assert now() == ["Le bac neuf"]


def test_a_text_that_is_at_home_elsewhere_says_nothing_to_search_engines(client, ferry, as_, cast):
    as_(cast.walt)("PATCH", "/posts/ferry", {"canonical_url": "https://first.example/ferry"}, etag="*")
    page = client.read("/blog/post/ferry")
    assert alternates(page) == {}
    assert sorted(shown(page)) == ["Die Fähre", "Le bac"]


@pytest.mark.parametrize("key", ["x" * 101, "two\nlines", "a\u202eb", "nul\0"])
def test_a_key_that_cannot_be_one_is_refused(as_, cast, key):
    post = PostFactory(author=cast.walt)
    answer = as_(cast.walt)("PATCH", f"/posts/{post.slug}", {"translation_key": key}, etag="*")
    assert answer.status_code == 422
    assert answer.json["errors"].keys() == {"translation_key"}


def test_the_desk_sets_and_takes_a_key_away(sign_in, cast, as_):
    post = DraftFactory(author=cast.walt)
    walt, address = sign_in(cast.walt), f"/blog/edit/{post.id}"
    for key, stored in (("  ferry ", "ferry"), ("", None)):
        assert walt.fill_in(address, translation_key=key, button="save").status_code == 303
        assert as_(cast.walt)("GET", f"/posts/{post.slug}").json["translation_key"] == stored
