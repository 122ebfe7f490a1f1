import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from lxml import etree, html

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.people import queries as accounts
from masthead.posts import queries as posts
from masthead.settings import actions as settings
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PostFactory
from tests.factories.posts import NEWEST

FILES = ("feed.xml", "rss.xml", "feed.json")
TYPES = {
    "feed.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
#: What XML cannot hold, what only looks like markup, and what ends a CDATA section.
HOSTILE = "A]]>B & <b>C</b> \x01\x08\x0b\x0c\x1f\ufffe\uffff \U0001f33e \"quoted\" 'too'"


def entries(client, path):
    """The entries of a feed as feedparser reads them, which must find nothing wrong with it."""
    response = client.get(path)
    assert response.status_code == 200, path
    parsed = feedparser.parse(response.data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    etree.fromstring(response.data)
    return parsed


def items(client, path):
    """The items of a JSON feed."""
    feed = json.loads(client.get(path).data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    return feed["items"]


@pytest.mark.parametrize("file", FILES)
def test_a_feed_has_the_type_of_its_format(client, story, file):
    response = client.get(f"/{file}")
    assert response.headers["Content-Type"] == TYPES[file]
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("file", ["feed.xml", "rss.xml"])
def test_feedparser_reads_everything(client, story, file):
    feed = entries(client, f"/{file}")
    (entry,) = feed.entries
    assert (entry.title, entry.link, entry.summary) == (
        "Harvest",
        "http://localhost/blog/post/harvest",
        "All is in.",
    )
    assert [person.name for person in entry.authors] == ["Walt", "Wilma Weiß"]
    assert [tag.term for tag in entry.tags] == ["Farming", "Autumn"]
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == NEWEST
    assert feed.feed.title == "Masthead"
    assert feed.feed.link == "http://localhost/"
    assert any(link.rel == "self" and link.href == f"http://localhost/{file}" for link in feed.feed.links)
    assert "Wheat" in entry.content[0].value


def test_the_json_feed_holds_everything(client, story):
    feed = json.loads(client.get("/feed.json").data)
    assert (feed["title"], feed["home_page_url"], feed["feed_url"], feed["language"]) == (
        "Masthead",
        "http://localhost/",
        "http://localhost/feed.json",
        "en",
    )
    (item,) = feed["items"]
    assert item["authors"] == [
        {"name": "Walt", "url": "http://localhost/blog/author/walt"},
        {"name": "Wilma Weiß", "url": "http://localhost/blog/author/wilma"},
    ]
    assert item["tags"] == ["Farming", "Autumn"]
    assert item["image"] == "http://localhost/media/ef/01.png"
    assert datetime.fromisoformat(item["date_published"]) == NEWEST
    assert None not in item.values()


def content_of(client, file):
    if file == "feed.json":
        return items(client, "/feed.json")[0]["content_html"]
    tree = etree.fromstring(client.get(f"/{file}").data)
    (text,) = tree.xpath("//*[local-name()='content' or local-name()='encoded'][not(@medium)]/text()")
    return str(text)


@pytest.mark.parametrize("file", FILES)
def test_every_address_in_the_text_is_absolute(client, story, file):
    content = html.fragment_fromstring(content_of(client, file), create_parent=True)
    assert content.xpath("//a/@href") == [
        "http://localhost/about",
        "http://localhost/blog/post/harvest#x",
        "https://other.example/a?b=1&c=2",
    ]
    assert content.xpath("//img/@src") == [
        "http://localhost/media/ef/01.png",
        "http://localhost/media/ab/cd.jpg",
    ]
    assert content.xpath("string(//figcaption[1])") == "A field & a cart"
    assert content.xpath("string(//code)") == '<a href="/not-a-link">'


@pytest.mark.parametrize("file", FILES)
def test_ids_survive_a_new_address(app, client, story, file):
    def ids():
        if file == "feed.json":
            return [item["id"] for item in items(client, "/feed.json")]
        return [entry.id for entry in entries(client, f"/{file}").entries]

    before = ids()
    with app.app_context():
        post = posts.get(story.id)
        post.slug = "harvest-home"
        db.session.commit()
    assert ids() == before
    assert before[0].startswith("tag:localhost,2026-03-01:post/")


@pytest.mark.parametrize("file", FILES)
def test_characters_that_xml_cannot_hold_break_nothing(app, client, cast, file):
    with app.app_context():
        settings.change(title=f"T {HOSTILE}"[:80], description=HOSTILE)
        accounts.get(cast.walt.id)
        db.session.commit()
    author = BylineFactory(username="hostile", name=HOSTILE, bio=HOSTILE)
    story = PostFactory(
        title=HOSTILE, summary=HOSTILE, body=f"```\n{HOSTILE}\n```", bylines=[author], tags=[f"Tag {HOSTILE}"]
    )
    CommentFactory(post=story, author=author, body=HOSTILE)
    tag = story.tags[0].slug
    for path in (
        f"/{file}",
        f"/blog/tag/{tag}/{file}",
        f"/blog/author/hostile/{file}",
        f"/blog/post/{story.slug}/{file}",
    ):
        if file == "feed.json":
            assert "A]]>B & <b>C</b>" in items(client, path)[0]["title"]
            continue
        feed = entries(client, path)
        assert "A]]>B & <b>C</b>" in etree.fromstring(client.get(path).data).xpath("string()")
        assert len(feed.entries) == 1


@pytest.mark.parametrize("file", FILES)
def test_nothing_unpublished_is_in_a_feed(client, cast, file):
    marker = "unreadiness"
    PostFactory(title="Visible", slug="visible", author=cast.walt, tags=["Farming"])
    DraftFactory(title=marker, body=marker, author=cast.walt, tags=["Farming", marker])
    PostFactory(
        title=marker, author=cast.walt, tags=["Farming"], published_at=clock.now() + timedelta(days=1)
    )
    PostFactory(title=marker, author=cast.walt, tags=["Farming"], status="trashed")
    for path in (
        f"/{file}",
        f"/blog/tag/farming/{file}",
        f"/blog/author/walt/{file}",
        f"/blog/post/visible/{file}",
    ):
        response = client.get(path)
        assert response.status_code == 200
        assert marker.encode() not in response.data


@pytest.mark.parametrize("file", FILES)
def test_comments_of_a_post_stand_in_a_feed_of_their_own(client, cast, story, file):
    CommentFactory(
        post=story, author=cast.rhea, body="Well said.", html='<p>Well <a href="/about">said</a>.</p>'
    )
    for status in (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.DELETED):
        CommentFactory(post=story, author=cast.rhea, body="hidden", html="<p>hidden</p>", status=status)
    path = f"/blog/post/harvest/{file}"
    body = client.get(path).data
    assert b"hidden" not in body
    if file == "feed.json":
        (item,) = items(client, path)
        assert item["title"] == "Rhea on “Harvest”"
        assert 'href="http://localhost/about"' in item["content_html"]
        return
    (entry,) = entries(client, path).entries
    assert entry.title == "Rhea on “Harvest”"
    assert entry.link.startswith("http://localhost/blog/post/harvest#comment-")
    assert entry.author == "Rhea"


@pytest.mark.parametrize("file", FILES)
def test_empty_feeds_are_valid_too(app, client, cast, story, sign_in, file):
    with app.app_context():
        posts.get(story.id).status = "draft"
        db.session.commit()
    # Readers know a tag only by its posts.
    assert client.get(f"/blog/tag/farming/{file}").status_code == 404
    for path in (f"/{file}", f"/blog/author/walt/{file}"):
        if file == "feed.json":
            assert items(client, path) == []
        else:
            assert entries(client, path).entries == []


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("asked", "present"),
    [
        ("/blog/author/WALT/{file}", "/blog/author/walt/{file}"),
        ("/blog/post/harvest/{file}", "/blog/post/harvest-home/{file}"),
    ],
)
def test_an_old_address_leads_to_the_feed(client, cast, sign_in, story, asked, present, file):
    sign_in(cast.walt).fill_in(f"/blog/edit/{story.id}", button="save", slug="harvest-home")
    response = client.get(asked.format(file=file))
    assert (response.status_code, response.location) == (301, present.format(file=file))


@pytest.mark.parametrize(
    "path",
    ["/blog/tag/none/feed.xml", "/blog/author/nobody/rss.xml", "/blog/post/none/feed.json", "/blog/feed.xml"],
)
def test_a_feed_of_nothing_answers_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("path", "statements"),
    [
        # Settings, posts with bylines, tags, last change.
        ("/{file}", 4),
        # The same, the tag, and once for all readers how many posts it has.
        ("/blog/tag/farming/{file}", 6),
        # The same of an author.
        ("/blog/author/walt/{file}", 6),
        # Post with bylines, tags, settings, comments with authors, last change.
        ("/blog/post/{slug}/{file}", 5),
    ],
)
def test_a_feed_asks_a_constant_number_of_questions(client, cast, queries, count, file, path, statements):
    stories = PostFactory.create_batch(count, author=cast.walt, tags=["Farming", "Autumn"])
    CommentFactory.create_batch(count, post=stories[0], author=cast.rhea)
    with queries.exactly(statements):
        response = client.get(path.format(file=file, slug=stories[0].slug))
    assert response.status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_a_feed_holds_the_newest_twenty(client, file):
    PostFactory.create_batch(22)
    if file == "feed.json":
        titles = [item["title"] for item in items(client, "/feed.json")]
    else:
        titles = [entry.title for entry in entries(client, f"/{file}").entries]
    assert titles == [f"Story {number}" for number in range(20)]


def test_atom_links_to_the_comments_of_each_post(client, story):
    tree = etree.fromstring(client.get("/feed.xml").data)
    assert tree.xpath("//a:link[@rel='replies']/@href", namespaces=ATOM) == [
        "http://localhost/blog/post/harvest/feed.xml"
    ]


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/feed", "feed.xml"),
        ("/feed/", "feed.xml"),
        ("/feed/atom/", "feed.xml"),
        ("/atom.xml", "feed.xml"),
        ("/rss", "rss.xml"),
        ("/rss/", "rss.xml"),
        ("/feed/rss", "rss.xml"),
        ("/index.xml", "rss.xml"),
    ],
)
def test_usual_addresses_lead_to_the_feed(client, address, file):
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (301, f"/{file}")


def test_every_page_links_to_the_feed_for_people(client, story):
    for page in ("/", "/blog/", "/blog/post/harvest", "/blog/archive/"):
        assert client.read(page).all("//footer//a[@href='/rss.xml']")


def test_feeds_name_a_picture_of_the_publication(client, story):
    feed = json.loads(client.get("/feed.json").data)
    atom = etree.fromstring(client.get("/feed.xml").data)
    rss = etree.fromstring(client.get("/rss.xml").data)
    icon = feed["icon"]
    assert feed["favicon"] == icon
    assert [atom.findtext(f"a:{name}", namespaces=ATOM) for name in ("icon", "logo")] == [icon, icon]
    assert [rss.findtext(f"channel/image/{name}") for name in ("url", "link")] == [icon, "http://localhost/"]
    assert client.get(icon).mimetype == "image/png"


@pytest.mark.parametrize("page", ["/blog/", "/blog/archive/", "/blog/archive/2026/3"])
def test_lists_have_a_description(client, story, page):
    assert client.read(page).all("//meta[@name='description']/@content") != []
