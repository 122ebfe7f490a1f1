import re
import time
from datetime import timedelta

import pytest

from masthead import clock
from tests.factories import DraftFactory, PostFactory
from tests.support.editors import Editor
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
    begin = time.process_time()
    assert walt.post("/blog/preview", json={"body": text}, headers=headers).status_code == 200
    assert time.process_time() - begin < 1.5, "300 ms on a quiet machine"


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
