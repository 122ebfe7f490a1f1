import re
from datetime import timedelta

import pytest

from masthead import clock
from masthead.db import db
from masthead.db.engine import is_reading
from masthead.people.models import User
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.previews import rendered
from tests.factories import DraftFactory, PostFactory
from tests.support.editors import Editor
from tests.support.pace import measure_work
from tests.support.visitors import document

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def test_a_preview_is_rendered_as_the_page_and_stores_nothing(walt, cast):
    post = PostFactory(
        author=cast.walt, body="## A heading\n\nIt *runs*.[^1]\n\n[^1]: A note.\n\n<iframe></iframe>"
    )
    headers = {"X-CSRF-Token": walt.form_token()}
    sent = {"title": "", "summary": "", "body": "## A heading\n\nIt *runs*.\n\n<iframe></iframe>\ud83d"}
    answer = walt.post("/blog/preview", json=sent, headers=headers)
    assert answer.status_code == 200
    done = answer.get_json()
    assert "<em>runs</em>" in done["html"]
    assert "<iframe" not in done["html"]
    assert done["words"] == 4
    assert any("iframe" in warning for warning in done["warnings"])
    assert walt.post("/blog/preview", json={**sent, "title": "x" * 301}, headers=headers).status_code == 422
    assert walt.post("/blog/preview", json=sent).status_code == 400
    assert walt.get(f"/blog/post/{post.slug}").status_code == 200


def test_a_preview_of_twenty_kilobytes_is_quick(walt):
    text = "A *word* and [a link](https://example.org/) in a paragraph that goes on.\n\n" * 270
    headers = {"X-CSRF-Token": walt.form_token()}
    walt.post("/blog/preview", json={"body": text}, headers=headers)
    with measure_work() as work:
        assert walt.post("/blog/preview", json={"body": text}, headers=headers).status_code == 200
    assert work.units < 150


def test_a_link_shows_the_working_copy_until_it_expires_or_is_revoked(
    app, walt, client, sign_in, cast, time_machine
):
    post = DraftFactory(author=cast.walt, title="The ferry", body="Saved.", tags=["Rivers"])
    Editor(walt, post.id).send(body="Typed *today*.", title="The rope ferry", tags="Rivers, Ropes")
    assert "The rope ferry" in walt.get(f"/blog/edit/{post.id}/preview").text
    assert sign_in(cast.colin).get(f"/blog/edit/{post.id}/preview").status_code == 404
    page = f"/blog/edit/{post.id}/preview-links"
    walt.fill_in(page, days="2", allow_notes=False)
    walt.fill_in(page, days="3", allow_notes=True)
    noted, plain = re.findall(r'href="[^"]*(/preview/[^"]+)"', walt.get(page).text)
    answer = client.get(plain)
    assert answer.status_code == 200
    for words in ("The rope ferry", "Typed <em>today</em>.", "Ropes"):
        assert words in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "<textarea" not in answer.text
    assert client.get(plain[:-1] + "x").status_code == 404
    assert client.get("/preview/1-").status_code == 404
    assert client.post(plain, data={"body": "x", "csrf_token": "x"}).status_code in {400, 403}
    # Only where that was ticked.
    assert client.fill_in(noted, name="Rhea", body="Say how long the rope is.").status_code == 303
    assert client.fill_in(noted, body="  ").status_code == 422
    shown = walt.get(page).text
    assert "Say how long the rope is." in shown
    assert "Rhea" in shown
    # Nothing of it is public, and the post is not found by its preview.
    assert client.get(f"/blog/post/{post.slug}").status_code == 404
    revoke = document(walt.get(page)).all("//table//form/@action")
    walt.press(page, action=revoke[0])
    assert client.get(noted).status_code == 404
    assert client.get(plain).status_code == 200
    time_machine.move_to(clock.now() + timedelta(days=2, minutes=1))
    assert client.get(plain).status_code == 404


def test_a_note_is_refused_without_permission_even_with_a_right_token(walt, client, cast):
    post = DraftFactory(author=cast.walt)
    page = f"/blog/edit/{post.id}/preview-links"
    walt.fill_in(page, days="2", allow_notes=False)
    (plain,) = re.findall(r'href="[^"]*(/preview/[^"]+)"', walt.get(page).text)
    token = client.read("/auth/login").form({"email": ""}).values["csrf_token"][0]
    assert client.post(plain, data={"body": "x", "csrf_token": token}).status_code == 403
    walt.post(f"/blog/delete/{post.id}", data={"csrf_token": walt.form_token()})
    assert client.get(plain).status_code == 404


def link_to(visitor, post, **fields):
    """Create a preview link, and return its path."""
    page = f"/blog/edit/{post.id}/preview-links"
    assert visitor.fill_in(page, days="2", **fields).status_code == 303
    return re.findall(r'href="[^"]*(/preview/[^"]+)"', visitor.get(page).text)[0]


def test_a_preview_may_frame_the_players_of_its_text(walt, client, cast):
    post = DraftFactory(author=cast.walt, body="https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    path = link_to(walt, post)
    for answer in (client.get(path), walt.get(f"/blog/edit/{post.id}/preview")):
        assert "frame-src https://" in answer.headers["Content-Security-Policy"]


def test_a_refused_note_is_shown_again_without_the_lock_of_writers(walt, client, cast, monkeypatch):
    path = link_to(walt, DraftFactory(author=cast.walt, body="Words."), allow_notes=True)
    renderings = []

    def with_text(post, text, render=rendered.with_text):
        renderings.append(is_reading())
        return render(post, text)

    monkeypatch.setattr(rendered, "with_text", with_text)
    refused = client.fill_in(path, name="Rhea", body=" ")
    assert refused.status_code == 422
    assert "Words." in refused.text
    assert renderings == [True, True], "of the form, and of the refused note"


def test_a_link_works_while_its_creator_may_edit_the_post(app, sign_in, client, cast):
    drafts = [DraftFactory(author=cast.colin), DraftFactory(author=cast.walt)]
    paths = [link_to(sign_in(post.author), post) for post in drafts]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    with app.app_context():
        # A contributor may not edit what is public.
        db.session.get_one(Post, drafts[0].id).status = Status.PUBLIC
        db.session.get_one(User, cast.walt.id).is_active = False
        db.session.commit()
    assert [client.get(path).status_code for path in paths] == [404, 404]
    edith = sign_in(cast.edith)
    for post in drafts:
        assert "the link does not work" in edith.get(f"/blog/edit/{post.id}/preview-links").text
