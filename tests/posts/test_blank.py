"""A post without content is not published, whichever door it comes through."""

from datetime import timedelta

import pytest

from masthead import clock
from masthead.posts.lifecycle import Status
from tests.factories import DraftFactory, PostFactory
from tests.support.visitors import document

#: Nothing, white space, what the sanitiser removes, marks without ink, an empty link, a rule.
BLANK = [
    "",
    "  \n\n",
    "<script>alert(1)</script>",
    "\u200b\u200d",
    "[](https://example.org)",
    "<!-- later -->",
]


@pytest.mark.parametrize("body", BLANK)
@pytest.mark.parametrize("button", ["publish", "schedule"])
def test_the_editor_refuses_to_publish_a_blank_post_and_keeps_what_was_typed(
    sign_in, cast, client, body, button
):
    walt = sign_in(cast.walt)
    moment = f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    typed = {"title": "Rivers", "summary": "A walk.", "body": body, "published_at": moment}
    response = walt.fill_in("/blog/create", typed, button=button)
    assert response.status_code == 422
    assert "without content cannot be published" in document(response).error_of("body")
    assert document(response).value_of("summary") == "A walk."
    assert client.get("/blog/post/rivers").status_code == 404


def test_a_blank_draft_can_be_saved(sign_in, cast):
    assert (
        sign_in(cast.walt).fill_in("/blog/create", title="Rivers", body="", button="save").status_code == 303
    )


@pytest.mark.parametrize("body", ["1", "水", "![A river](/media/river.jpg)", "$$x$$", "```\ncode\n```"])
def test_little_is_enough(sign_in, cast, client, body):
    assert (
        sign_in(cast.walt).fill_in("/blog/create", title="R", body=body, button="publish").status_code == 303
    )
    assert client.get("/blog/post/r").status_code == 200


def test_a_lead_picture_is_enough(sign_in, cast, client):
    post = DraftFactory(author=cast.walt, title="Seen", body="", lead_image="/media/river.jpg")
    response = sign_in(cast.edith).fill_in("/admin/posts", post=[str(post.id)], button="publish")
    assert response.status_code == 303
    assert client.get("/blog/post/seen").status_code == 200


@pytest.mark.parametrize("title", ["\u200b", "\u2060\u00ad", "   "])
def test_a_title_needs_a_letter_that_can_be_seen(sign_in, cast, title):
    response = sign_in(cast.walt).fill_in("/blog/create", title=title, body="All is in.", button="save")
    assert response.status_code == 422
    assert document(response).error_of("title")


def test_a_published_post_cannot_be_emptied_but_one_that_is_empty_can_be_saved(sign_in, cast, client):
    post, empty = (
        PostFactory(author=cast.walt, title="Rivers"),
        PostFactory(author=cast.walt, title="Old", body=""),
    )
    walt = sign_in(cast.walt)
    response = walt.fill_in(f"/blog/edit/{post.id}", body="", button="save")
    assert response.status_code == 422
    assert document(response).error_of("body")
    assert walt.fill_in(f"/blog/edit/{empty.id}", title="Older", button="save").status_code == 303


def test_many_at_once_leave_out_the_blank_one_and_say_why(sign_in, cast, client):
    blank, whole = DraftFactory(author=cast.walt, body=""), DraftFactory(author=cast.walt, title="Whole")
    edith = sign_in(cast.edith)
    response = edith.fill_in("/admin/posts", post=[str(blank.id), str(whole.id)], button="publish")
    page = edith.get(response.location).text
    assert "1 post published." in page
    assert "1 post was left as before: Write something first" in page
    assert client.get("/blog/post/whole").status_code == 200


def test_the_api_refuses_to_publish_a_blank_post(as_, cast):
    walt = as_(cast.walt)
    later = f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    for extra in ({"status": "published"}, {"status": "published", "published_at": later}):
        refused = walt("POST", "/posts", {"title": "Rivers", "body": " ", **extra})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["body"])
    DraftFactory(author=cast.walt, title="Brooks", body="")
    assert walt("POST", "/posts/brooks/publish").status_code == 422
    PostFactory(author=cast.walt, title="Lakes", status=Status.PUBLIC)
    etag = walt("GET", "/posts/lakes").headers["ETag"]
    for method, body in (("PATCH", {"body": ""}), ("PUT", {"title": "Lakes", "body": "\n"})):
        assert walt(method, "/posts/lakes", body, etag=etag).status_code == 422
    assert walt("GET", "/posts/lakes").json["body"]
