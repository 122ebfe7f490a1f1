"""The unedited first texts of a new publication make room for a whole one that comes in."""

import pytest
from sqlalchemy import insert, select, update

from masthead.clock import now
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.models import Post, Revision
from masthead.site.setup_views import issue_token
from masthead.tags.models import Tag
from tests.archive.conftest import run
from tests.factories import CommentFactory, PostFactory

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


#: Links to the old address, to other hosts, and in code.
LINKS = (
    "[a](https://old.example/news/blog/post/ferry?x=1#top) ![b](http://www.old.example/news/media/b.png)"
    " [c](https://old.example/newsroom) [d](https://other.example/news/) [e](https://old.example/news//evil.example)"
    " [f](http://[cdn]/f) [g](//old.example/news) `[h](https://old.example/news/h)`"
)
LINKS_HERE = (
    "[a](/blog/post/ferry?x=1#top) ![b](/media/b.png)"
    " [c](https://old.example/newsroom) [d](https://other.example/news/) [e](https://old.example/news//evil.example)"
    " [f](http://[cdn]/f) [g](/) `[h](https://old.example/news/h)`"
)


def test_links_to_the_old_url_lead_here(app, empty_site, tmp_path, cast):
    post = PostFactory(title="The Ferry", slug="ferry", body=LINKS, author=cast.walt)
    CommentFactory(post=post, author=cast.rhea, body=LINKS)
    run(app, "export", "archive", tmp_path / "a.zip")
    refused = empty_site.test_cli_runner().invoke(
        args=["import", "archive", str(tmp_path / "a.zip"), "--old-url", "old"]
    )
    assert (refused.exit_code, "is not the URL of a site" in refused.output) == (1, True), refused.output
    output = run(empty_site, "import", "archive", tmp_path / "a.zip", "--old-url", "https://old.example/news")
    with empty_site.app_context():
        assert db.session.scalars(select(Post.body)).all() == [LINKS_HERE]
        assert "/news/blog/post" not in db.session.scalars(select(Post.html)).one()
        assert db.session.scalars(select(Comment.body)).all() == [LINKS_HERE]
        assert set(db.session.scalars(select(Revision.body))) == {LINKS_HERE}
    assert "Links to https://old.example/news that lead to this publication now: 9." in output
