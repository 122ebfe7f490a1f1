"""What readers see of a post beside its text: set by desk and API, kept by whoever says nothing about it."""

import pytest

from masthead.db import db
from masthead.posts import queries
from tests.factories import PostFactory
from tests.posts.conftest import LEAD, snapshot_of
from tests.support.visitors import document


def test_open_and_save_changes_nothing(app, walt, full_post):
    before = snapshot_of(app, full_post)
    assert walt.fill_in(f"/blog/edit/{full_post.id}", button="save").status_code == 303
    assert snapshot_of(app, full_post) == before


def test_fields_that_a_form_leaves_out_stay(app, walt, full_post):
    before = snapshot_of(app, full_post)
    token = walt.form_token()
    response = walt.post(f"/blog/edit/{full_post.id}", data={"csrf_token": token, "title": "Brooks"})
    assert response.status_code == 303
    assert snapshot_of(app, full_post) == before | {"title": "Brooks"}


def test_put_with_what_get_answers_changes_nothing(app, as_, cast, full_post):
    walt = as_(cast.walt)
    before = snapshot_of(app, full_post)
    read = walt("GET", "/posts/rivers")
    names = (
        "title", "slug", "body", "summary", "tags", "canonical_url", "language", "translation_key", "comments_open",
        "lead_image", "published_at", "status",
    )  # fmt: skip
    body = {name: read.json[name] for name in names}
    body["authors"] = [person["username"] for person in read.json["authors"]]
    answer = walt("PUT", "/posts/rivers", body, etag=read.headers["ETag"])
    assert answer.status_code == 200, answer.text
    assert snapshot_of(app, full_post) == before


@pytest.mark.parametrize("body", [{}, {"title": "Rivers"}, {"note": "Nothing."}, {"lead_image": {}}])
def test_patch_keeps_what_it_does_not_name(app, as_, cast, full_post, body):
    walt = as_(cast.walt)
    before = snapshot_of(app, full_post)
    etag = walt("GET", "/posts/rivers").headers["ETag"]
    answer = walt("PATCH", "/posts/rivers", body, etag=etag)
    assert answer.status_code == 200, answer.text
    assert snapshot_of(app, full_post) == before


def test_put_replaces_what_it_leaves_out(app, as_, cast, full_post):
    edith = as_(cast.edith)
    etag = edith("GET", "/posts/rivers").headers["ETag"]
    answer = edith("PUT", "/posts/rivers", {"title": "Rivers", "body": "x"}, etag=etag)
    assert answer.status_code == 200, answer.text
    assert [person["username"] for person in answer.json["authors"]] == ["walt"]
    assert answer.json["author"]["username"] == "walt"
    found = {
        name: answer.json[name]
        for name in ("lead_image", "canonical_url", "language", "translation_key", "comments_open", "tags")
    }
    assert found == {
        "lead_image": None, "canonical_url": None, "language": None, "translation_key": None, "comments_open": True,
        "tags": [],
    }  # fmt: skip


def test_everything_is_set_by_the_api(as_, cast):
    edith = as_(cast.edith)
    body = {
        "title": "Lakes",
        "body": "x",
        "authors": ["walt", "Jane Guest", "edith"],
        "canonical_url": "https://first.example/lakes",
        "language": "de",
        "translation_key": "lakes",
        "comments_open": False,
        "lead_image": {"url": "/media/ab/cd.png", "alt": "A lake", "caption": "Deep."},
        "status": "published",
        "published_at": "1954-05-06T07:08:09+02:00",
        "note": "First words.",
    }
    made = edith("POST", "/posts", body)
    assert made.status_code == 201, made.text
    read = edith("GET", "/posts/lakes").json
    assert [person["name"] for person in read["authors"]][1] == "Jane Guest"
    assert [person["username"] for person in read["authors"]] == ["walt", "jane-guest", "edith"]
    assert read["author"]["username"] == "edith"
    for name in ("canonical_url", "language", "translation_key", "comments_open", "lead_image"):
        assert read[name] == body[name]
    assert read["published_at"] == made.json["published_at"] == "1954-05-06T05:08:09Z"
    assert edith("GET", "/posts/lakes/revisions/1").json["note"] == "First words."


def test_parts_of_the_lead_picture_are_changed_alone(as_, cast, full_post):
    walt = as_(cast.walt)
    changes = [
        ({"alt": "A boat"}, {"url": LEAD.url, "alt": "A boat", "caption": LEAD.caption}),
        ({"url": "/media/new.png"}, {"url": "/media/new.png", "alt": "", "caption": ""}),
        (None, None),
    ]
    for change, expected in changes:
        etag = walt("GET", "/posts/rivers").headers["ETag"]
        answer = walt("PATCH", "/posts/rivers", {"lead_image": change}, etag=etag)
        assert (answer.status_code, answer.json["lead_image"]) == (200, expected)


def test_everything_is_set_at_the_desk(app, walt, client):
    typed = {
        "title": "Lakes",
        "body": "Deep.",
        "authors": "walt, Jane Guest",
        "canonical_url": "https://first.example/lakes",
        "language": "de",
        "lead_image": "/media/ab/cd.png",
        "lead_alt": "A lake",
        "lead_caption": "Deep.",
        "comments_open": False,
        "published_at": "1954-05-06T07:08",
        "revision_note": "First words.",
    }
    response = walt.fill_in("/blog/create", typed, button="publish")
    assert response.status_code == 303, document(response).errors
    page = client.read("/blog/post/lakes")
    assert page.all("//article/@lang") == ["de"]
    assert page.all("//link[@rel='canonical']/@href") == ["https://first.example/lakes"]
    assert page.all("//article//img/@alt")[0] == "A lake"
    assert "Jane Guest" in page.text("//article")
    assert "1954" in page.text("//article")
    with app.app_context():
        post = queries.by_slug("lakes")
        assert post.comments_open is False
        assert [user.username for user in post.bylines] == ["walt", "jane-guest"]
        assert db.session.scalar(queries.revisions_of(post)).note == "First words."


def test_a_box_that_is_cleared_closes_the_comments_and_a_cleared_field_is_empty(app, walt, cast):
    post = PostFactory(author=cast.walt, language="de", tags=["Nature"], lead=LEAD)
    walt.fill_in(
        f"/blog/edit/{post.id}", button="save", comments_open=False, language="", tags="", lead_image="",
        lead_alt="", lead_caption="",
    )  # fmt: skip
    state = snapshot_of(app, post)
    assert (state["comments_open"], state["language"], state["tags"]) == (False, None, [])
    assert (state["lead_image"], state["lead_alt"], state["lead_caption"]) == (None, "", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("canonical_url", "javascript:alert(1)"),
        ("canonical_url", "/only/a/path"),
        ("canonical_url", 'https://e.example/"><script>'),
        ("language", "german"),
        ("language", "de_DE"),
        ("authors", "walt, nobody"),
        ("authors", "walt, rhea"),
        ("authors", "walt, " + "x y" * 40),
        ("lead_image", "javascript:alert(1)"),
        ("lead_image", "/media/../secret"),
        ("lead_image", "cd.png"),
        ("published_at", "0000-01-01T00:00"),
        ("revision_note", "x" * 501),
    ],
)
def test_a_wrong_value_is_named_beside_its_field(walt, cast, field, value):
    post = PostFactory(author=cast.walt)
    response = walt.fill_in(f"/blog/edit/{post.id}", {field: value}, button="save")
    assert response.status_code == 422
    assert document(response).error_of(field)


def test_words_about_no_picture_are_refused(walt, cast):
    post = PostFactory(author=cast.walt)
    response = walt.fill_in(f"/blog/edit/{post.id}", lead_alt="A lake", button="save")
    assert document(response).error_of("lead_image")


def test_a_comma_in_a_tag_is_refused_everywhere(as_, cast):
    edith = as_(cast.edith)
    made = edith("POST", "/posts", {"title": "x", "body": "x", "tags": ["Paris, France"]})
    assert (made.status_code, made.json["errors"].keys()) == (422, {"tags"})
    assert edith("POST", "/tags", {"name": "Paris, France"}).status_code == 422
    edith("POST", "/posts", {"title": "Rivers", "body": "x", "tags": ["Nature"]})
    etag = edith("GET", "/posts/rivers").headers["ETag"]
    assert edith("PATCH", "/posts/rivers", {"tags": ["a,b"]}, etag=etag).status_code == 422
