"""Addresses alone in a paragraph: a link, then a card or a player, in pages and feeds."""

from functools import partial
from ipaddress import ip_address

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.embeds import display, fetching
from masthead.embeds.models import Embed
from masthead.jobs.models import Job
from masthead.jobs.runner import Runner
from masthead.media.uploads import copying
from masthead.outbound.client import Client
from masthead.text.markdown import renderer
from tests.factories import PostFactory
from tests.media.pictures import picture
from tests.support.sinks import saying

LOOPBACK = ip_address("127.0.0.1")
YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def answer(body, media_type, status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return saying(head.encode() + body)


@pytest.fixture
def sites(make_sink, monkeypatch):
    """Let other sites answer so, the pages and the pictures; return their addresses."""

    def make(page, image=b"", *, media_type="text/html", status="200 OK"):
        pictures = make_sink(answer(image, "image/png"))
        body = page.replace(b"PICTURE", f"http://pictures.example:{pictures.port}/a.png".encode())
        pages = make_sink(answer(body, media_type, status))
        for module in (fetching, copying):
            client = partial(
                Client,
                resolve=lambda *_: [LOOPBACK],
                is_allowed=lambda _: True,
                ports=frozenset({pages.port, pictures.port}),
            )
            monkeypatch.setattr(module, "Client", client)
        return f"http://other.example:{pages.port}/ferry?a=1&b=2"

    return make


def publish(visitor, body):
    response = visitor.fill_in("/blog/create", title="Harvest", body=body, button="publish")
    assert response.status_code == 303


def test_page_of_another_site_becomes_a_card(app, cast, client, sign_in, sites):
    address = sites(
        b'<title>The &lt;ferry></title><meta name=description content="In &amp; out">'
        b"<meta property=og:image content=PICTURE>",
        picture(size=(400, 300)),
    )
    walt = sign_in(cast.walt)
    publish(walt, f"Before\n\n{address}\n\n- {address}")
    # A link until it is fetched; readers' browsers ask nobody else.
    assert client.read("/blog/post/harvest").all(
        "//div[@class='prose']/p/a[starts-with(@href, 'http://other')]"
    )
    Runner(app).run_due()
    page = client.read("/blog/post/harvest")
    (card,) = page.all("//p[@class='embed']/a[@class='embed-card']")
    assert card.get("href") == address
    assert "".join(card.itertext()).split() == ["The", "<ferry>", "In", "&", "out", "other.example"]
    (image,) = card.xpath(".//img")
    assert image.get("src").startswith("/media/")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("", "400", "300")
    assert len(page.all("//div[@class='prose']//li/a")) == 1
    feed = client.get("/feed.json").json["items"][0]["content_html"]
    assert "The &lt;ferry&gt;</a> (other.example)<br>In &amp; out</p>" in feed
    assert "embed-card" not in feed
    # Saving it again asks nobody again; another text has the card at once.
    publish(walt, address)
    assert client.read("/blog/post/harvest-2").all("//a[@class='embed-card']")
    with app.app_context():
        assert [job.name for job in db.session.scalars(select(Job))].count("embeds.fetch") == 1


@pytest.mark.parametrize(
    ("page", "options", "retries"),
    [
        (b"<p>Nameless", {}, False),
        (b"<title>x</title>", {"status": "500 Oh"}, True),
        (b"%PDF", {"media_type": "application/pdf"}, True),
        (b"<title>" + b"x" * 5_000_000, {}, True),
    ],
)
@pytest.mark.databases("sqlite")
def test_page_without_a_card_stays_a_link(app, cast, client, sign_in, sites, page, options, retries):
    address = sites(page, **options)
    publish(sign_in(cast.walt), address)
    Runner(app).run_due()
    html = client.read("/blog/post/harvest")
    assert html.all("//div[@class='prose']/p/a/@href") == [address]
    assert not html.all("//*[@class='embed-card']")
    with app.app_context():
        assert db.session.scalars(select(Embed)).one().problem
        later = select(Job).where(Job.name == "embeds.fetch", Job.run_at > clock.now())
        assert len(db.session.scalars(later).all()) == retries


@pytest.mark.databases("sqlite")
def test_player_is_a_link_until_a_reader_asks_for_it(app, cast, client):
    PostFactory(author=cast.walt, slug="film", body=f"{YOUTUBE}\n\nText")
    PostFactory(author=cast.walt, slug="words", body=f"Text, {YOUTUBE}")
    page = client.get("/blog/post/film")
    (player,) = client.read("/blog/post/film").all("//div[@class='embed']")
    assert player.get("data-frame").startswith("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?")
    assert player.xpath("a/@href") == [YOUTUBE]
    assert "<iframe" not in page.text
    assert page.text.count("youtube-nocookie") == 1
    frames = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))[
        "frame-src"
    ]
    assert "https://www.youtube-nocookie.com" in frames.split()
    assert 'fullscreen=(self "https://' in page.headers["Permissions-Policy"]
    # Pages without a player can frame nothing.
    other = client.get("/blog/post/words")
    assert "frame-src" not in other.headers["Content-Security-Policy"]
    assert "youtube-nocookie" not in str(other.headers)
    assert "js/embeds." in page.text
    assert "js/embeds." not in other.text


@pytest.mark.databases("sqlite")
def test_texts_read_all_cards_in_one_statement_and_others_none(app, queries):
    addresses = "\n\n".join(f"https://other.example/{number}" for number in range(30))
    html = renderer.render(addresses).html
    with app.app_context():
        with queries.exactly(1):
            display.for_page(html)
        with queries.exactly(1):
            display.for_feeds([html, html])
        with queries.exactly(0):
            display.for_page("<p>Words</p>")
