"""The unedited first texts of a new publication make room for a whole one that comes in."""

import pytest
from sqlalchemy import insert, select, update

from masthead.clock import now
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.models import Post
from masthead.site.setup_views import issue_token
from masthead.tags.models import Tag
from tests.archive.conftest import run
from tests.factories import PostFactory

pytestmark = pytest.mark.databases("sqlite")


def set_up(app, new_client, title):
    """A new publication with its first texts, as the set-up link makes it."""
    with app.app_context():
        token = issue_token()
        db.session.commit()
    typed = {
        "username": "ada",
        "email": "ada@example.org",
        "password": "seven wet umbrellas",
        "password_confirm": "seven wet umbrellas",
    }
    answer = new_client(app).fill_in(f"/setup?token={token}", typed | {"title": title, "accent": "#1b5e7a"})
    assert answer.status_code == 303


def content_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["archive", "markdown"])
def test_first_texts_are_not_doubled(app, empty_site, new_client, tmp_path, form):
    set_up(app, new_client, "The River")
    set_up(empty_site, new_client, "Another")
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    run(app, "export", form, first)
    options = [] if form == "archive" else ["--processes", "1"]
    run(empty_site, "import", form, first, *options)
    run(empty_site, "export", form, second)
    with empty_site.app_context():
        assert db.session.scalars(select(Post.slug)).all() == ["welcome-to-the-river"]
        assert db.session.scalars(select(Tag.slug)).all() == ["welcome"]
    if form == "archive":
        assert_second_import_leaves_them(empty_site, first)
    if form == "markdown":
        assert content_of(second) == content_of(first)


def assert_second_import_leaves_them(site, archive):
    """Import an archive again, after somebody has commented on its welcome post, and another has come."""
    ids = select(Post.id).union_all(select(Page.id))
    with site.app_context():
        before = db.session.scalars(ids).all()
        assert "0 changes" in run(site, "import", "archive", archive)
        assert db.session.scalars(ids).all() == before
        ada = db.session.scalars(select(User)).first()
        row = {"post_id": before[0], "author_id": ada.id, "body": "Hello", "html": "<p>Hello</p>"}
        db.session.execute(insert(Comment).values(**row, status=CommentStatus.APPROVED, created_at=now()))
        db.session.execute(update(Post).values(updated_at=now()))
        db.session.execute(update(Page).values(updated_at=now(), is_public=False))
        db.session.commit()
        run(site, "import", "archive", archive)
        assert db.session.scalars(ids).all() == before
        assert db.session.scalars(select(Comment.body)).all() == ["Hello"]


def test_what_somebody_has_changed_stays(app, empty_site, new_client, tmp_path):
    PostFactory(title="The Ferry", slug="ferry")
    set_up(empty_site, new_client, "Another")
    with empty_site.app_context():
        db.session.execute(Post.__table__.update().values(version=3))
        db.session.commit()
    run(app, "export", "archive", tmp_path / "a.zip")
    run(empty_site, "import", "archive", tmp_path / "a.zip")
    with empty_site.app_context():
        assert set(db.session.scalars(select(Post.slug))) == {"ferry", "welcome-to-another"}
