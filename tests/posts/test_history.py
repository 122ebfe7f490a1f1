"""Revisions hold everything that readers see, and restoring one brings it back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from masthead.db import db
from masthead.posts import queries
from masthead.posts.models import Post, Revision, RevisionByline
from tests.factories import DraftFactory, PostFactory
from tests.posts.conftest import snapshot_of


def revision_of(post_id, number):
    statement = (
        select(Revision)
        .where(Revision.post_id == post_id, Revision.number == number)
        .options(
            undefer(Revision.body),
            selectinload(Revision.byline_rows).options(joinedload(RevisionByline.user)),
        )
    )
    return db.session.scalars(statement).one()


def test_a_revision_holds_what_readers_see(app, walt, full_post):
    walt.fill_in(f"/blog/edit/{full_post.id}", button="save", revision_note="Nothing new.")
    with app.app_context():
        post, revision = queries.get(full_post.id), revision_of(full_post.id, 2)
        columns = set(Revision.__table__.columns.keys())
        alike = columns & set(Post.__table__.columns.keys()) - {"id", "created_at", "author_id"}
        for name in alike:
            assert getattr(revision, name) == getattr(post, name), name
        assert [user.username for user in revision.bylines] == ["jane-doe", "walt", "edith"]
        assert (revision.note, revision.is_whole) == ("Nothing new.", True)
        shown = {column.key for column in Post.__table__.columns}
        made_of_the_text = {"html", "excerpt", "toc", "words", "reading_minutes"}
        of_the_life = {
            "id",
            "created_at",
            "updated_at",
            "trashed_at",
            "views",
            "comment_count",
            "version",
            "author_id",
        }
        plans = {"expires_at", "expires_to", "expired_at", "update_at"}
        assert shown - made_of_the_text - of_the_life - plans <= columns


@pytest.mark.parametrize("door", ["desk", "api"])
def test_an_earlier_state_is_restored_whole(app, sign_in, as_, cast, full_post, door):
    edith = sign_in(cast.edith)
    edith.fill_in(f"/blog/edit/{full_post.id}", button="save")
    before = snapshot_of(app, full_post)
    edith.fill_in(
        f"/blog/edit/{full_post.id}", button="save", title="Other", body="Other.", tags="Else", authors="edith",
        language="", canonical_url="", lead_image="", lead_alt="", lead_caption="", comments_open=True, summary="",
        published_at="2001-01-01T00:00",
    )  # fmt: skip
    assert snapshot_of(app, full_post) != before
    if door == "desk":
        path = f"/blog/edit/{full_post.id}/history"
        assert edith.fill_in(path, action=f"{path}/2/restore").status_code == 303
    else:
        answer = as_(cast.edith)("POST", "/posts/rivers/revisions/2/restore")
        assert (answer.status_code, answer.json["title"]) == (200, "Rivers")
    assert snapshot_of(app, full_post) == before
    with app.app_context():
        assert revision_of(full_post.id, 4).note == "Restored from revision 2"


def test_the_history_is_for_those_who_may_edit_the_post(sign_in, cast, client, as_):
    post = DraftFactory(author=cast.walt, slug="draft", body="Hidden words.")
    path = f"/blog/edit/{post.id}/history"
    walt = sign_in(cast.walt)
    assert "Hidden words." in walt.read(f"{path}/1").text("//pre")
    assert walt.get(f"{path}/2").status_code == 404
    assert walt.get(f"{path}/99999999999999").status_code == 404
    assert sign_in(cast.colin).get(path).status_code == 404
    assert client.get(path).status_code in {302, 303}
    assert as_(cast.colin)("POST", "/posts/draft/revisions/1/restore").status_code == 404
    assert as_(cast.walt)("POST", "/posts/draft/revisions/9/restore").status_code == 404


def test_one_who_is_not_credited_restores_the_text_and_leaves_the_bylines(app, walt, cast):
    post = PostFactory(author=cast.walt, bylines=[cast.edith], body="First.", slug="x")
    with app.app_context():
        assert [user.username for user in revision_of(post.id, 1).bylines] == ["edith"]
    walt.fill_in(f"/blog/edit/{post.id}", button="save", body="Second.")
    path = f"/blog/edit/{post.id}/history"
    walt.fill_in(path, action=f"{path}/1/restore")
    state = snapshot_of(app, post)
    assert (state["body"], state["authors"]) == ("First.", ["edith"])
