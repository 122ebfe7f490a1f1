import pytest

from tests.api.conftest import as_
from tests.factories import DraftFactory, PostFactory

__all__ = ["as_"]
pytestmark = pytest.mark.databases("sqlite")

BODY = """#### Deep

TK and ![](https://example.org/a.jpg), not `TK`.

[draft](/blog/post/later) [gone](/blog/post/never) [none](/nowhere) [live](/blog/post/live) [home](/)
"""


def test_a_preview_names_what_is_missing_in_the_editor_and_in_the_api(sign_in, as_, cast):
    DraftFactory(author=cast.walt, slug="later")
    PostFactory(author=cast.walt, slug="live")
    walt = sign_in(cast.walt)
    headers = {"X-CSRF-Token": walt.form_token()}
    answer = walt.post("/blog/preview", json={"title": "A" * 71, "body": BODY}, headers=headers).get_json()
    assert {(found["check"], found["level"]) for found in answer["checks"]} == {
        ("long_title", "advice"),
        ("no_excerpt", "advice"),
        ("to_come", "advice"),
        ("no_alternative_text", "advice"),
        ("heading_levels", "advice"),
        ("link_to_draft", "advice"),
        ("dead_link", "advice"),
    }
    same = as_(cast.walt)("POST", "/preview", {"title": "A" * 71, "body": BODY}).json
    assert same["checks"] == answer["checks"]
    messages = [found["message"] for found in answer["checks"]]
    assert sum("leads to no page" in message for message in messages) == 2
    assert any("once" in message for message in messages)
    assert set(messages) <= set(answer["warnings"])
    fine = {
        "title": "A ferry",
        "summary": "An excerpt.",
        "body": "## Two\n\n### Three\n\n![A ferry](/media/a.jpg)\n",
    }
    assert walt.post("/blog/preview", json=fine, headers=headers).get_json()["checks"] == []


def test_a_blocking_check_keeps_a_post_from_being_published(sign_in, as_, cast, client):
    ada = as_(cast.ada)
    assert ada("PATCH", "/settings", {"blocking_checks": "nonsense"}, etag="*").status_code == 422
    assert ada("PATCH", "/settings", {"blocking_checks": "to_come,no_excerpt"}, etag="*").json[
        "blocking_checks"
    ] == ("to_come, no_excerpt")
    post = DraftFactory(author=cast.walt, body="TK about the rope.", summary="An excerpt.", slug="rope")
    walt = sign_in(cast.walt)
    text = {"title": "Rope", "summary": "", "body": "TK about the rope."}
    assert {
        (one["check"], one["level"]) for one in as_(cast.walt)("POST", "/preview", text).json["checks"]
    } == {
        ("to_come", "blocking"),
        ("no_excerpt", "blocking"),
    }
    refused = walt.fill_in(f"/blog/edit/{post.id}", button="publish")
    assert refused.status_code == 422
    assert "TK stands in the text once" in refused.text
    assert as_(cast.walt)("POST", "/posts/rope/publish").status_code == 422
    assert client.get("/blog/post/rope").status_code == 404
    assert walt.fill_in(f"/blog/edit/{post.id}", button="publish", body="About the rope.").status_code == 303
    assert client.get("/blog/post/rope").status_code == 200
