import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree
from sqlalchemy import insert

from masthead import clock
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.posts import queries as posts
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.settings import actions as settings
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, TagFactory
from tests.factories.posts import NEWEST

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
}


def tree_of(client, path="/sitemap.xml"):
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(response.data)


def listed(tree):
    """Each address with the day of its last change."""
    return {
        url.findtext("s:loc", namespaces=NAMES).removeprefix("http://localhost"): (
            url.findtext("s:lastmod", namespaces=NAMES) or ""
        )[:10]
        for url in tree
    }


def test_the_site_map_lists_everything_public_with_its_last_change(client, cast):
    PostFactory(slug="harvest", author=cast.walt, tags=["Farming"])
    PostFactory(slug="sowing", author=cast.walt, tags=["Farming", "Spring"])
    PageFactory(title="About", slug="about", by=cast.ada)
    PageFactory(title="Imprint", slug="imprint", by=cast.ada)
    assert listed(tree_of(client)) == {
        "/": "2026-03-01",
        "/blog/": "2026-03-01",
        "/blog/archive/": "2026-03-01",
        "/blog/post/harvest": "2026-03-01",
        "/blog/post/sowing": "2026-02-28",
        "/about": "2026-03-01",
        "/page/imprint": "2026-03-01",
        "/blog/tag/farming": "2026-03-01",
        "/blog/tag/spring": "2026-02-28",
        "/blog/author/walt": "2026-03-01",
    }


def test_nothing_unpublished_is_on_the_site_map(client, cast):
    marker = "unreadiness"
    TagFactory(name=f"{marker} unused")
    DraftFactory(title=marker, author=cast.walt, tags=[f"{marker} draft"])
    PostFactory(
        title=marker, author=cast.walt, tags=[f"{marker} later"], published_at=clock.now() + timedelta(1)
    )
    PostFactory(title=marker, author=cast.walt, status=Status.TRASHED)
    PageFactory(title=marker, is_public=False, by=cast.ada)
    body = client.get("/sitemap.xml").data
    assert marker.encode() not in body
    assert b"/blog/author/" not in body


def test_unpublishing_shows_at_once(client, cast, sign_in):
    post = PostFactory(slug="harvest", author=cast.walt)
    etag = client.get("/sitemap.xml").headers["ETag"]
    sign_in(cast.walt).fill_in(f"/blog/edit/{post.id}", button="unpublish")
    response = client.get("/sitemap.xml", headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert b"harvest" not in response.data


def test_a_comment_is_no_change_of_a_post(client):
    post = PostFactory(slug="harvest")
    CommentFactory(post=post)
    assert listed(tree_of(client))["/blog/post/harvest"] == "2026-03-01"


def test_an_edited_post_has_a_new_date(client, cast, sign_in, time_machine):
    post = PostFactory(slug="harvest", author=cast.walt)
    time_machine.move_to(datetime(2026, 5, 5, 12, tzinfo=UTC))
    sign_in(cast.walt).fill_in(f"/blog/edit/{post.id}", button="save", body="More.")
    assert listed(tree_of(client))["/blog/post/harvest"] == "2026-05-05"


def test_a_scheduled_post_has_the_date_of_its_appearance(client, time_machine):
    PostFactory(slug="later", published_at=datetime(2031, 5, 5, 12, tzinfo=UTC))
    time_machine.move_to(datetime(2031, 5, 6, tzinfo=UTC))
    assert listed(tree_of(client))["/blog/post/later"] == "2031-05-05"


def test_a_picture_is_listed_with_its_post(client):
    PostFactory(slug="harvest", lead=Picture("/media/ab/cd & ef.png"))
    (image,) = tree_of(client).findall(".//i:loc", namespaces=NAMES)
    assert image.text == "http://localhost/media/ab/cd%20&%20ef.png"


def test_a_post_whose_home_is_elsewhere_is_not_listed(app, client):
    post = PostFactory(slug="guest")
    with app.app_context():
        posts.get(post.id).canonical_url = "https://other.example/guest"
        db.session.commit()
    assert "/blog/post/guest" not in listed(tree_of(client))


@pytest.mark.parametrize("count", [3, 30])
def test_the_site_map_asks_seven_questions(client, queries, count):
    for number in range(count):
        PostFactory(tags=[f"Tag {number}"])
        PageFactory()
    # Counts, last change, last publication, posts, pages, tags, authors.
    with queries.exactly(7):
        client.get("/sitemap.xml")


def test_a_site_map_that_the_crawler_has_is_not_sent_again(client):
    PostFactory()
    etag = client.get("/sitemap.xml").headers["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": etag}).status_code == 304


@pytest.fixture
def large_site(app, cast):
    """50,010 posts, every eleventh of the first hundred a draft; one has a tag and a byline."""
    PostFactory(slug="first", author=cast.walt, tags=["Farming"])
    row = {
        "title": "x", "body": "", "html": "", "toc": [], "author_id": cast.walt.id, "created_at": NEWEST,
        "updated_at": NEWEST, "published_at": NEWEST,
    }  # fmt: skip
    with app.app_context():
        for start in range(0, 50_009, 5_000):
            db.session.execute(
                insert(Post),
                [
                    {
                        **row,
                        "slug": f"p-{number}",
                        "status": Status.DRAFT if number < 100 and number % 11 == 0 else Status.PUBLIC,
                    }
                    for number in range(start, min(start + 5_000, 50_009))
                ],
            )
        db.session.commit()


@pytest.mark.slow
def test_a_large_site_has_an_index_of_files_that_hold_each_address_once(client, large_site, queries):
    # Counts, last change, last publication, and one for each of four kinds.
    with queries.exactly(7):
        index = tree_of(client)
    assert index.tag.endswith("sitemapindex")
    files = list(listed(index))
    assert files == [
        "/sitemap-lists-1.xml",
        "/sitemap-posts-1.xml",
        "/sitemap-posts-2.xml",
        "/sitemap-tags-1.xml",
        "/sitemap-authors-1.xml",
    ]
    addresses = [address for file in files for address in listed(tree_of(client, file))]
    assert len(addresses) == len(set(addresses)) == 50_010 - 10 + 3 + 2
    assert "/blog/post/p-50008" in addresses
    assert "/blog/post/p-11" not in addresses
    # The posts of that range.
    with queries.exactly(1):
        tree_of(client, "/sitemap-posts-2.xml")


@pytest.mark.parametrize(
    "name", ["posts-0", "posts-9", "lists-2", "secrets-1", "posts--1", "posts-1.5", "posts-" + "9" * 30]
)
def test_a_file_that_is_none_answers_404(client, name):
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def rules_of(client):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.text.splitlines())
    return parser, response.text


def test_robots_closes_the_tools_and_names_the_site_map(client, queries):
    # Settings.
    with queries.exactly(1):
        parser, text = rules_of(client)
    assert parser.can_fetch("Googlebot", "/blog/post/harvest")
    assert parser.can_fetch("GPTBot", "/blog/post/harvest")
    assert not parser.can_fetch("Googlebot", "/admin/")
    assert text.endswith("\n\nSitemap: http://localhost/sitemap.xml\n")


def test_ai_crawlers_can_be_asked_to_stay_away(app, client):
    with app.app_context():
        settings.change(ai_crawlers="disallow")
        db.session.commit()
    parser, _ = rules_of(client)
    for name in ("GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "PerplexityBot"):
        assert not parser.can_fetch(name, "/blog/post/harvest")
    assert parser.can_fetch("Googlebot", "/blog/post/harvest")


def test_rules_of_ones_own_are_added(app, client):
    with app.app_context():
        settings.change(robots="\r\nUser-agent: Badbot\r\nDisallow: /\x07\r\n")
        db.session.commit()
    parser, text = rules_of(client)
    assert not parser.can_fetch("Badbot", "/")
    assert parser.can_fetch("Googlebot", "/blog/")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
