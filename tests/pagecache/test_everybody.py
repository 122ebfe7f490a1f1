"""What is the same for everybody comes from memory for readers who are signed in, too."""

import pytest

from masthead.posts.lifecycle import Status
from tests.factories import PostFactory


@pytest.mark.parametrize("path", ["/feed.xml", "/rss.xml", "/feed.json", "/sitemap.xml", "/robots.txt"])
def test_a_reader_who_is_signed_in_gets_what_is_kept(ready, cast, sign_in, path):
    PostFactory(title="For all to read")
    kept = ready.get(path)
    ada = sign_in(cast.ada)
    answer = ada.get(path)
    assert answer.headers["X-Cache"] == "hit"
    assert answer.data == kept.data
    assert "Set-Cookie" not in answer.headers


def test_it_is_kept_by_whoever_asks_first_and_shows_nothing_of_them(ready, cast, sign_in):
    PostFactory(title="For all to read")
    PostFactory(title="Not for all", author=cast.walt, status=Status.DRAFT)
    walt = sign_in(cast.walt)
    first = walt.get("/feed.xml")
    assert first.headers["X-Cache"] == "miss"
    assert "Not for all" not in first.text
    answer = ready.get("/feed.xml")
    assert (answer.headers["X-Cache"], answer.data) == ("hit", first.data)


def test_whoever_takes_a_post_back_finds_it_gone(ready, cast, sign_in):
    post = PostFactory(title="To be renamed", author=cast.walt)
    walt = sign_in(cast.walt)
    assert "To be renamed" in walt.get("/feed.xml").text
    walt.fill_in(f"/blog/edit/{post.id}", button="unpublish")
    assert "To be renamed" not in walt.get("/feed.xml").text


@pytest.mark.parametrize("path", ["/", "/blog/", "/blog/tag/none/feed.xml/", "/nowhere"])
def test_pages_are_made_for_each_who_is_signed_in(ready, cast, sign_in, path):
    ready.get(path)
    assert sign_in(cast.ada).get(path).headers["X-Cache"] == "bypass"
