"""Pictures of other sites: copied, linked or refused, and always said."""

from functools import partial
from io import BytesIO
from ipaddress import ip_address

import pytest
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.jobs.models import Job
from masthead.jobs.runner import Runner
from masthead.media import external
from masthead.media.models import ExternalPicture
from masthead.media.uploads import copying
from masthead.outbound.client import Client
from masthead.posts.models import Post, Revision
from tests.factories import PageFactory, PostFactory
from tests.media.pictures import picture
from tests.support.people import PASSWORD
from tests.support.sinks import saying
from tests.support.visitors import document

LOOPBACK = ip_address("127.0.0.1")


def answering(body, status="200 OK"):
    return saying(
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    )


@pytest.fixture
def other_site(make_sink, monkeypatch):
    """Let another site answer with this; the address of a picture there."""

    def make(body, status="200 OK"):
        sink = make_sink(answering(body, status))
        client = partial(
            Client, resolve=lambda *_: [LOOPBACK], is_allowed=lambda _: True, ports=frozenset({sink.port})
        )
        monkeypatch.setattr(copying, "Client", client)
        return f"http://other.example:{sink.port}/field.png"

    return make


def write(visitor, body, button="publish"):
    answer = visitor.fill_in("/blog/create", title="Harvest", body=body, button=button)
    assert answer.status_code == 303, document(answer).text("//main")
    return answer.headers["Location"]


@pytest.fixture
def token_of(new_client):
    """The header that lets a program act for somebody."""

    def make(user, app=None):
        visitor = new_client(app) if app else new_client()
        answer = visitor.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    return make


def run_jobs(app):
    Runner(app).run_due()


def test_picture_is_copied_by_a_job_and_shown(app, cast, client, sign_in, other_site):
    address = other_site(picture(size=(400, 300)))
    walt = sign_in(cast.walt)
    edit = write(walt, f"![A field]({address})\n\nText.")
    assert "is not copied yet. Readers see a link instead." in walt.read(edit).text("//main")
    assert client.read("/blog/post/harvest").all(f"//article//a[@href='{address}'][text()='A field']")
    run_jobs(app)
    (image,) = client.read("/blog/post/harvest").all("//div[@class='prose']//img")
    assert (image.get("width"), image.get("height"), image.get("alt")) == ("400", "300", "A field")
    assert client.get(image.get("src")).mimetype == "image/png"
    assert "is not copied yet" not in walt.read(edit).text("//main")
    assert image.get("src") in client.get("/feed.json").text
    # As typed, and nobody who goes on writing is disturbed.
    assert walt.read(edit).value_of("body") == f"![A field]({address})\n\nText."
    assert walt.fill_in(edit, title="Harvest home", button="save").status_code == 303
    assert client.read("/blog/post/harvest").all("//div[@class='prose']//img/@src") == [image.get("src")]
    with app.app_context():
        assert db.session.scalars(select(Revision.body)).all() == [f"![A field]({address})\n\nText."] * 2


def test_second_text_with_the_picture_shows_the_copy_at_once(app, cast, client, sign_in, other_site):
    address = other_site(picture())
    walt = sign_in(cast.walt)
    write(walt, f"![]({address})")
    run_jobs(app)
    write(walt, f'<img src="{address}" alt="Again">')
    assert client.read("/blog/post/harvest-2").all("//img[@alt='Again'][starts-with(@src, '/media/')]")
    with app.app_context():
        assert [job.name for job in db.session.scalars(select(Job))].count("posts.copy_pictures") == 1


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", "404 Not Found", "Nothing could be read from this address."),
        (b"<html>", "200 OK", "This is no picture in a format that is accepted."),
        (picture()[:200], "200 OK", "This picture is damaged or cut off."),
    ],
)
def test_failure_is_named_to_the_writer(
    app, cast, client, sign_in, other_site, token_of, body, status, reason
):
    address = other_site(body, status)
    walt = sign_in(cast.walt)
    edit = write(walt, f"![A field]({address})")
    run_jobs(app)
    assert f"The picture {address} could not be copied: {reason}" in walt.read(edit).text("//main")
    (warning,) = client.get("/api/v1/posts/harvest", headers=token_of(cast.walt)).json["warnings"]
    assert reason in warning
    assert client.get("/api/v1/posts/harvest").json["warnings"] == []
    assert client.read("/blog/post/harvest").all(f"//article//a[@href='{address}']")
    with app.app_context():
        waiting = select(Job).where(Job.name == "posts.copy_pictures", Job.run_at > clock.now())
        # A server that is away is asked again; what is no picture stays none.
        assert len(db.session.scalars(waiting).all()) == (1 if "Nothing" in reason else 0)


def test_picture_in_our_network_is_never_asked_for(app, cast, sign_in, make_sink):
    sink = make_sink(answering(picture()))
    walt = sign_in(cast.walt)
    edit = write(walt, f"![](http://127.0.0.1:{sink.port}/a.png)")
    run_jobs(app)
    assert "could not be copied: Nothing could be read" in walt.read(edit).text("//main")
    assert sink.requests == []


def test_lead_picture_is_copied_too(app, cast, client, other_site, token_of):
    address = other_site(picture(size=(64, 48)))
    bearer = token_of(cast.walt)
    file = {"file": (BytesIO(picture("PNG", (30, 20))), "card.png")}
    card = client.post("/api/v1/media", data=file, headers=bearer).json
    with app.app_context():
        assert external.addresses_in("", address) == [address]
    post = PostFactory(title="Harvest", author=cast.walt)
    with app.app_context():
        from masthead.posts import pictures

        stored = db.session.get(Post, post.id)
        stored.lead_image, stored.card_image = address, card["address"]
        db.session.flush()
        db.session.refresh(stored, ["html"])
        assert pictures.receive(stored)
        db.session.commit()
    assert client.read("/").all("//article//img") == []
    run_jobs(app)
    for page in ("/", "/blog/", "/blog/post/harvest"):
        (image,) = client.read(page).all("//article//img")
        assert image.get("src").startswith("/media/")
        assert (image.get("width"), image.get("height")) == ("64", "48")
        assert (image.get("loading") == "lazy") is (page == "/blog/")
    # The picture of the card is in use as before.
    (use,) = client.get(f"/api/v1/media/{card['id']}", headers=bearer).json["used_in"]
    assert (use["kind"], use["title"]) == ("post", "Harvest")


@pytest.mark.parametrize("is_new", [True, False])
def test_api_answers_with_warnings(cast, client, token_of, is_new):
    token = token_of(cast.walt)
    body = "<iframe src=x></iframe>\n\n![a](https://other.example/a.png)\n\n[b](#nowhere)"
    if is_new:
        answer = client.post("/api/v1/posts", json={"title": "A", "body": body}, headers=token)
    else:
        post = PostFactory(author=cast.walt, slug="a")
        headers = token | {"If-Match": f'"{post.version}"'}
        answer = client.patch("/api/v1/posts/a", json={"body": body}, headers=headers)
    assert answer.status_code in {200, 201}, answer.json
    assert answer.json["warnings"] == [
        "<iframe> is left out: a text cannot hold it. Link to what it shows instead.",
        "The link to #nowhere leads nowhere in this text.",
        "The picture https://other.example/a.png is not copied yet. Readers see a link instead.",
    ]


def test_writer_is_told_of_what_was_left_out(cast, sign_in):
    walt = sign_in(cast.walt)
    edit = write(walt, "<object data=a.mp4></object>\n\n<iframe src=b></iframe>", button="save")
    said = walt.read(edit).text("//div[@role='status']")
    assert "<object> is left out" in said
    assert "<iframe> is left out" in said


def test_pages_are_treated_alike(app, cast, client, sign_in, other_site, token_of):
    address = other_site(picture(size=(400, 300)))
    edith = sign_in(cast.edith)
    answer = edith.fill_in(
        "/admin/pages/create",
        title="About",
        slug="about",
        body=f"![A]({address})<iframe src=x></iframe>",
        button="publish",
    )
    page = edith.read(answer.headers["Location"])
    assert "<iframe> is left out" in page.text("//div[@role='status']")
    assert "is not copied yet" in page.text("//main")
    run_jobs(app)
    assert client.read("/about").all("//article//img[@width='400'][starts-with(@src, '/media/')]")
    assert client.get("/api/v1/pages/about", headers=token_of(cast.edith)).json["warnings"] == []


def test_mode_link_asks_nobody(make_app, new_client, sign_in, cast):
    app = make_app(EXTERNAL_IMAGES="link")
    walt = sign_in(new_client(app), cast.walt)
    edit = write(walt, "![A field](https://other.example/a.png)")
    assert "is on another site. Readers see a link instead." in walt.read(edit).text("//main")
    page = new_client(app).read("/blog/post/harvest")
    assert page.all("//article//a[@href='https://other.example/a.png']")
    assert page.all("//article//img") == []
    with app.app_context():
        assert db.session.scalars(select(Job).where(Job.name == "posts.copy_pictures")).all() == []


def test_mode_refuse_says_which(make_app, new_client, sign_in, token_of, cast):
    app = make_app(EXTERNAL_IMAGES="refuse")
    walt = sign_in(new_client(app), cast.walt)
    typed = "![A field](https://other.example/a.png)"
    answer = walt.fill_in("/blog/create", title="Harvest", body=typed, button="save")
    assert answer.status_code == 422
    page = document(answer)
    assert "https://other.example/a.png" in page.error_of("body")
    assert page.value_of("body") == typed
    answer = new_client(app).post(
        "/api/v1/posts", json={"title": "A", "body": typed}, headers=token_of(cast.walt, app)
    )
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Post.id)).all() == []
        assert db.session.scalars(select(ExternalPicture.id)).all() == []


def test_page_without_a_right_to_pages_tells_readers_nothing(client, cast):
    PageFactory(title="About", slug="about", body="![a](https://other.example/a.png)")
    assert client.get("/api/v1/pages/about").json["warnings"] == []
