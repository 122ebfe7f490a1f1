"""Texts that were stored before their length was bounded must not stop a program that reads a feed or a page."""

import pytest
from sqlalchemy import update

from masthead.db import db
from masthead.feeds import lengths
from masthead.posts.models import Post
from tests.factories import PostFactory

FILES = ("feed.xml", "rss.xml", "feed.json")
LINK = "Read the whole text, which is too long for a feed"


def stored(app, html, **values):
    """A post whose text is in the database as an older version left it there."""
    post = PostFactory(**values)
    with app.app_context():
        db.session.execute(update(Post).where(Post.id == post.id).values(html=html))
        db.session.commit()
    return post


def test_a_page_shows_the_beginning_of_a_text_that_would_stop_a_browser(app, client, cast):
    stored(app, "<p>The beginning &amp; more</p>" + "<p>x</p>" * 300_000, slug="giant", author=cast.walt)

    response = client.get("/blog/post/giant")

    assert response.status_code == 200
    assert len(response.data) < 60_000
    assert "The beginning &amp; more" in response.get_data(as_text=True)
    assert "too long for a page" in response.get_data(as_text=True)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "html",
    [
        "<p>The beginning &amp; more</p>" + "<p>x</p>" * 300_000,
        "<p>The beginning &amp; more" + " x" * 1_000_000 + "</p>",
    ],
    ids=["tags", "characters"],
)
def test_a_text_beyond_the_bound_is_an_excerpt_with_a_link(app, client, cast, file, html):
    stored(app, html, title="Giant", slug="giant", author=cast.walt)
    PostFactory(title="Small", body="All of the **small** text.", author=cast.walt)

    response = client.get(f"/{file}")

    text = response.get_data(as_text=True)
    assert response.status_code == 200
    assert len(text) < 20_000
    assert "The beginning" in text
    assert LINK in text
    assert "http://localhost/blog/post/giant" in text
    assert "small</strong> text" in text or "small&lt;/strong&gt; text" in text


def test_many_long_texts_fill_a_feed_only_so_far(app, client, cast):
    for number in range(8):
        stored(app, "<p>" + "long " * 180_000 + "</p>", title=f"Long {number}", author=cast.walt)

    text = client.get("/feed.json").get_data(as_text=True)

    assert text.count(LINK) == 4
    assert len(text) < lengths.OF_FEED.characters + 50_000


def test_the_excerpt_is_text_and_no_markup():
    html = '<p>A &lt;b&gt; and <a href="/a">a link</a></p>' + '<img alt="' + "x" * 50_000

    assert lengths.shortened(html, "/p?a&b").startswith(
        '<p>A &lt;b&gt; and a link</p>\n<p><a href="/p?a&amp;b">'
    )
