"""A second import after edits in every field: edits made here stay, and only changed files are updated."""

import pytest
from sqlalchemy import select

from masthead.posts import queries
from masthead.posts.models import Post
from tests.importing.conftest import outcomes

BLOG = {
    "_config.yml": "title: The river\nurl: https://river.example\n",
    "_posts/2014-03-12-ferry.md": (
        "---\ntitle: Ferry\nauthor: nina\ntags: [boats, ropes]\ndescription: A crossing.\n"
        "canonical_url: https://first.example/ferry\nlang: de\nlast_modified_at: 2015-05-06\n---\nThe ferry.\n"
    ),
    "_posts/2014-03-13-bank.md": "---\ntitle: Bank\nauthor: nina\n---\nThe bank.\n",
    "about.md": "---\ntitle: About\n---\nWe.\n",
}
SOURCE = "_posts/2014-03-12-ferry.md"
CHANGED = {SOURCE: BLOG[SOURCE].replace("The ferry.", "Their new words.")}
#: Edits of each field that readers see, one by one and all together.
EDITS: dict[str, object] = {
    "title": "My title",
    "slug": "my-slug",
    "summary": "My excerpt.",
    "body": "My words.",
    "tags": "mine, other",
    "authors": "walt, edith",
    "canonical_url": "https://mine.example/",
    "language": "fr",
    "translation_key": "mine",
    "comments_open": False,
    "published_at": "2013-02-01T08:30",
    "lead_image": "https://pictures.example/a.png",
}


def state(app, post_id):
    """Every column of a post, with its bylines and tags."""
    with app.app_context():
        post = queries.get(post_id)
        columns = {column.key: getattr(post, column.key) for column in Post.__table__.columns}
        rows = [row.user_id for row in post.byline_rows], [row.tag_id for row in post.tag_rows]
        return columns | {"bylines": rows[0], "tags": rows[1]}


@pytest.fixture
def ferry(bring, stored):
    bring(BLOG)
    [(post_id,)] = stored(select(Post.id).where(Post.title == "Ferry"))
    return post_id


@pytest.mark.parametrize("names", [[name] for name in EDITS] + [list(EDITS)], ids="+".join)
def test_edits_stay_when_the_source_is_imported_again(app, bring, ferry, sign_in, cast, names):
    before = state(app, ferry)
    edith = sign_in(cast.edith)
    answer = edith.fill_in(f"/blog/edit/{ferry}", {name: EDITS[name] for name in names}, button="save")
    assert answer.status_code == 303
    edited = state(app, ferry)
    assert edited != before
    assert outcomes(bring({})) == {"unchanged": 3}
    assert state(app, ferry) == edited
    # Documented: a text that was edited here is kept, even if its file has changed, too.
    report = bring(CHANGED)
    assert outcomes(report) == {"unchanged": 2, "kept": 1}
    assert report["by_source"][SOURCE]["outcome"] == "kept"
    assert state(app, ferry) == edited


@pytest.mark.parametrize("action", ["unpublish", "trash"])
def test_steps_stay_when_the_source_is_imported_again(app, bring, ferry, sign_in, cast, action):
    edith = sign_in(cast.edith)
    if action == "trash":
        edith.press(f"/blog/delete/{ferry}", action="")
    else:
        edith.press(f"/blog/edit/{ferry}", "unpublish")
    after = state(app, ferry)
    assert outcomes(bring({})) == {"unchanged": 3}
    assert outcomes(bring(CHANGED)) == {"unchanged": 2, "kept": 1}
    assert state(app, ferry) == after


def test_reading_and_commenting_are_no_edits(app, bring, ferry, sign_in, cast, client):
    client.get("/blog/post/ferry")
    rhea = sign_in(cast.rhea)
    rhea.fill_in("/blog/post/ferry", body="Good.", parent_id="")
    before = state(app, ferry)
    assert outcomes(bring(CHANGED)) == {"unchanged": 2, "updated": 1}
    assert "Their new words." in client.read("/blog/post/ferry").text("//article")
    assert state(app, ferry)["comment_count"] == before["comment_count"]


def test_a_changed_word_changes_nothing_else(app, bring, ferry):
    before = state(app, ferry)
    assert outcomes(bring(CHANGED)) == {"unchanged": 2, "updated": 1}
    after = state(app, ferry)
    of_the_text = {"body", "html", "excerpt", "words", "version"}
    assert {name for name in after if after[name] != before[name]} <= of_the_text
    assert after["body"].strip() == "Their new words."
