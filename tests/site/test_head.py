"""What search engines, feed readers and cards find in the head of a page."""

import json
from datetime import datetime

import pytest

from masthead.content.rendering import Picture
from masthead.db import db
from masthead.posts import queries as posts
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.factories.posts import NEWEST

SITE = "http://localhost"
END_OF_DATA = "</script><script>document.title = 'taken over'</script><!-- '\" &amp;"


@pytest.fixture
def story(cast):
    """A published post by two people, with a picture above it."""
    return PostFactory(
        title="Harvest",
        slug="harvest",
        summary="All is in.",
        author=cast.walt,
        bylines=[cast.walt, BylineFactory(username="wilma", name="Wilma Weiß")],
        tags=["Farming", "Autumn"],
        lead=Picture("/media/ef/01.png", alt="A field"),
    )


def graph_of(page):
    """The things that the page describes, by type."""
    (element,) = page.all("//script[@type='application/ld+json']")
    data = json.loads(element.text)
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def meta_of(page):
    """Every `meta` and what it says."""
    found = {}
    for element in page.all("//head/meta[@property or @name]"):
        found.setdefault(element.get("property") or element.get("name"), []).append(element.get("content"))
    return found


def links_of(page, rel):
    return page.all(f"//head/link[@rel='{rel}']/@href")


def test_a_post_describes_itself_with_all_its_authors(client, story):
    things = graph_of(client.read("/blog/post/harvest"))
    article = things["Article"]
    assert article["headline"] == "Harvest"
    assert article["description"] == "All is in."
    assert [(person["@type"], person["name"], person["url"]) for person in article["author"]] == [
        ("Person", "Walt", f"{SITE}/blog/author/walt"),
        ("Person", "Wilma Weiß", f"{SITE}/blog/author/wilma"),
    ]
    assert article["image"] == [f"{SITE}/media/ef/01.png"]
    assert datetime.fromisoformat(article["datePublished"]) == NEWEST
    assert datetime.fromisoformat(article["dateModified"]) == NEWEST
    assert article["keywords"] == ["Farming", "Autumn"]
    assert article["publisher"]["name"] == "Masthead"
    crumbs = things["BreadcrumbList"]["itemListElement"]
    assert [(crumb["position"], crumb["name"], crumb["item"]) for crumb in crumbs] == [
        (1, "Masthead", f"{SITE}/"),
        (2, "Farming", f"{SITE}/blog/tag/farming"),
        (3, "Harvest", f"{SITE}/blog/post/harvest"),
    ]


def test_a_post_has_a_card(client, story):
    page = client.read("/blog/post/harvest?utm_source=x")
    meta = meta_of(page)
    assert links_of(page, "canonical") == [f"{SITE}/blog/post/harvest"]
    expected = {
        "og:type": ["article"],
        "og:title": ["Harvest"],
        "og:description": ["All is in."],
        "description": ["All is in."],
        "og:url": [f"{SITE}/blog/post/harvest"],
        "og:site_name": ["Masthead"],
        "og:image": [f"{SITE}/media/ef/01.png"],
        "og:image:alt": ["A field"],
        "twitter:card": ["summary_large_image"],
        "article:author": [f"{SITE}/blog/author/walt", f"{SITE}/blog/author/wilma"],
        "article:section": ["Farming"],
        "article:tag": ["Farming", "Autumn"],
    }
    assert {name: meta.get(name) for name in expected} == expected
    assert "robots" not in meta


def test_a_post_whose_home_is_elsewhere_says_so(app, client, story):
    with app.app_context():
        posts.get(story.id).canonical_url = "https://other.example/harvest"
        db.session.commit()
    page = client.read("/blog/post/harvest")
    assert links_of(page, "canonical") == ["https://other.example/harvest"]
    assert graph_of(page)["Article"]["mainEntityOfPage"] == "https://other.example/harvest"


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("/", ""),
        ("/blog/post/harvest", "/blog/post/harvest"),
        ("/blog/tag/farming", "/blog/tag/farming"),
        ("/blog/author/walt", "/blog/author/walt"),
    ],
)
def test_every_feed_that_a_page_names_answers(client, story, path, base):
    feeds = client.read(path).all("//head/link[@rel='alternate']")
    addresses = [feed.get("href").removeprefix(SITE) for feed in feeds]
    assert {f"{base}/{file}" for file in ("feed.xml", "rss.xml", "feed.json")} <= set(addresses)
    for feed, address in zip(feeds, addresses, strict=True):
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith(feed.get("type"))
        assert feed.get("title")


@pytest.mark.parametrize("path", ["/blog/", "/blog/tag/farming", "/blog/author/walt", "/blog/archive/2026/2"])
def test_pages_of_a_list_name_themselves_and_their_neighbours(client, cast, path):
    PostFactory.create_batch(70, author=cast.walt, tags=["Farming"])
    first, second = client.read(path), client.read(f"{path}?page=2")
    assert links_of(first, "canonical") == [f"{SITE}{path}"]
    assert (links_of(first, "prev"), links_of(first, "next")) == ([], [f"{SITE}{path}?page=2"])
    assert links_of(second, "canonical") == [f"{SITE}{path}?page=2"]
    assert links_of(second, "prev") == [f"{SITE}{path}"]


def test_the_third_page_follows_the_second(client):
    PostFactory.create_batch(70)
    third = client.read("/blog/?page=3")
    assert (links_of(third, "prev"), links_of(third, "next")) == (
        [f"{SITE}/blog/?page=2"],
        [f"{SITE}/blog/?page=4"],
    )


def test_people_tags_pages_and_the_front_describe_themselves(client, cast, story):
    PageFactory(title="About", slug="about", by=cast.ada)
    assert graph_of(client.read("/"))["WebSite"]["url"] == f"{SITE}/"
    assert graph_of(client.read("/about"))["WebPage"]["url"] == f"{SITE}/about"
    assert graph_of(client.read("/blog/tag/farming"))["CollectionPage"]["name"] == "Farming"
    person = graph_of(client.read("/blog/author/wilma"))["ProfilePage"]["mainEntity"]
    assert (person["@type"], person["name"]) == ("Person", "Wilma Weiß")


@pytest.mark.parametrize("kind", ["post", "page"])
def test_what_is_not_public_is_not_described(client, cast, sign_in, kind):
    if kind == "post":
        path = f"/blog/post/{DraftFactory(author=cast.ada).slug}"
    else:
        path = f"/page/{PageFactory(is_public=False, by=cast.ada).slug}"
    page = sign_in(cast.ada).read(path)
    assert meta_of(page)["robots"] == ["noindex"]
    assert not page.all("//script[@type='application/ld+json']")
    assert not links_of(page, "canonical")
    assert "og:title" not in meta_of(page)


def test_no_text_ends_the_block_of_data(client, cast):
    author = BylineFactory(username="hostile", name=END_OF_DATA, bio=END_OF_DATA)
    PostFactory(title=END_OF_DATA, slug="hostile", summary=END_OF_DATA, bylines=[author], tags=["</script>"])
    for path in ("/", "/blog/post/hostile", "/blog/author/hostile", "/blog/tag/script"):
        page = client.read(path)
        graph_of(page)
        assert page.all("//script[not(@src) and not(@type='application/ld+json')]") == []
    assert graph_of(client.read("/blog/post/hostile"))["Article"]["headline"] == END_OF_DATA


def test_the_policy_of_a_page_lets_a_browser_keep_the_data(page, live_site, database):
    author = BylineFactory(username="hostile", name=END_OF_DATA)
    post = PostFactory(title=END_OF_DATA, slug="hostile", bylines=[author])
    CommentFactory(post=post)
    # The fixture fails the test if the browser reports a violated policy.
    page.goto("/blog/post/hostile")
    assert page.title() != "taken over"
    data = page.locator("script[type='application/ld+json']").text_content()
    assert json.loads(data)["@graph"][0]["headline"] == END_OF_DATA
