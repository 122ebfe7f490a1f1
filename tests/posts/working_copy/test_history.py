from datetime import timedelta

import pytest

from masthead import clock
from tests.api.conftest import as_
from tests.factories import DraftFactory
from tests.support.editors import Editor

__all__ = ["as_"]
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def walt(sign_in, cast):
    return sign_in(cast.walt)


def test_autosaves_of_a_sitting_are_one_entry(walt, as_, cast, time_machine):
    post = DraftFactory(author=cast.walt, body="Begun.", slug="ferry")
    tab = Editor(walt, post.id)
    for words in ("Begun. One.", "Begun. One. Two."):
        tab.send(body=words)
    time_machine.move_to(clock.now() + timedelta(minutes=40))
    tab = Editor(walt, post.id, "after-lunch")
    assert tab.send(body="Begun. One. Two. Three.").status_code == 200
    assert walt.fill_in(f"/blog/edit/{post.id}", button="publish").status_code == 303
    listed = as_(cast.walt)("GET", "/posts/ferry/revisions").json["revisions"]
    assert [(row["kind"], row["was_public"]) for row in listed] == [
        ("saved", True),
        ("autosave", False),
        ("saved", False),
    ]
    assert as_(cast.walt)("GET", "/posts/ferry/revisions/2").json["body"] == "Begun. One. Two."
    page = walt.read(f"/blog/edit/{post.id}/history")
    assert page.texts("//tbody//th//strong") == ["Published"]
    assert "Autosaved" in page.text("//tbody")


def test_two_revisions_are_compared_word_by_word(walt, as_, cast):
    post = DraftFactory(author=cast.walt, title="The ferry", body="It runs on a rope.\n", slug="ferry")
    walt.fill_in(
        f"/blog/edit/{post.id}",
        button="save",
        title="The old ferry",
        body="It runs on a long rope.\n",
        tags="Rivers",
        summary="A crossing.",
        slug="old-ferry",
        language="de",
    )
    walt.fill_in(
        f"/blog/edit/{post.id}/history/2", name="As printed", action=f"/blog/edit/{post.id}/history/2/name"
    )
    page = walt.read(f"/blog/edit/{post.id}/history?from=1&to=2")
    assert page.texts("//h2") == ["Title", "Excerpt", "Content", "Tags", "URL slug", "Language"]
    added = [" ".join(text.split()) for text in page.texts("//ins")]
    assert "added: old" in added
    assert "added: long" in added
    assert "As printed" in walt.get(f"/blog/edit/{post.id}/history").text
    diff = as_(cast.walt)("GET", "/posts/old-ferry/revisions/1/diff?against=2").json
    parts = {field["field"]: field["parts"] for field in diff["fields"]}
    assert {"kind": "removed", "text": "old "} in parts["title"]
    assert parts["summary"] == [{"kind": "removed", "text": "A crossing."}]
    assert as_(cast.walt)("GET", "/posts/old-ferry/revisions/1/diff").status_code == 404
    assert as_(cast.colin)("GET", "/posts/old-ferry/revisions/2/diff").status_code == 404
    for wrong in ("from=1&to=9", "from=x&to=1", "from=-1", "from=99999999999999"):
        assert walt.get(f"/blog/edit/{post.id}/history?{wrong}").status_code == 404
    # Without the second one, the present text is compared, saved or not.
    Editor(walt, post.id).send(body="It runs on a long steel rope.\n")
    page = walt.read(f"/blog/edit/{post.id}/history?from=2")
    assert [" ".join(text.split()) for text in page.texts("//ins")] == ["added: steel"]


def test_restoring_is_a_new_revision_and_keeps_what_was_typed(walt, as_, cast):
    post = DraftFactory(author=cast.walt, body="First.", slug="ferry")
    walt.fill_in(f"/blog/edit/{post.id}", button="save", body="Second.")
    Editor(walt, post.id).send(body="Second. Typed.")
    walt.press(f"/blog/edit/{post.id}/history", action=f"/blog/edit/{post.id}/history/1/restore")
    tab = Editor(walt, post.id, "again")
    assert (tab.shown()["body"], tab.shown()["has_working_copy"]) == ("First.", False)
    bodies = [as_(cast.walt)("GET", f"/posts/ferry/revisions/{n}").json["body"] for n in (1, 2, 3, 4)]
    assert bodies == ["First.", "Second.", "Second. Typed.", "First."]
    restored = as_(cast.walt)("POST", "/posts/ferry/revisions/3/restore")
    assert restored.json["body"] == "Second. Typed."
