"""The rules beside the models: which columns change which topics."""

import ast
import sys

import pytest
from sqlalchemy import delete, update

from masthead import clock
from masthead.comments.models import Comment
from masthead.db import db, insert_unique
from masthead.embeds.models import Embed
from masthead.pagecache import invalidation
from masthead.pagecache.cache_keys import LOOKUP_PARAMETERS, PARAMETERS
from masthead.pagecache.dependencies import KEPT
from masthead.pages.models import Page
from masthead.people.models import Role, User
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostTag
from masthead.redirects.models import Redirect
from masthead.settings.models import Setting
from masthead.tags.models import Tag
from tests.architecture.source import modules
from tests.factories import CommentFactory, PageFactory, PostFactory

#: Columns that no page of readers shows, or that never change without one that has a rule.
UNSHOWN = {
    Post: {"id", "views", "comment_count", "version", "created_at"},
    PostByline: {"post_id"},
    PostTag: {"post_id"},
    Page: {"id", "body", "toc", "version", "created_at"},
    Comment: {"id", "post_id", "body", "created_at", "decided_at", "decided_by_id", "announced_at"},
    Tag: {"id", "key", "created_at", "updated_at"},
    Redirect: {"id", "created_at", "updated_at"},
    Setting: {"key"},
    Embed: {"id", "problem", "tries", "tried_at"},
}


def pending():
    """The topics that the present transaction has changed."""
    db.session.flush()
    found = db.session.info.get("masthead.changes")
    return set(found.topics) if found else set()


@pytest.mark.parametrize("model", UNSHOWN, ids=lambda model: model.__name__)
def test_each_column_has_a_rule_or_is_not_shown(model):
    columns = {column.key for column in model.__table__.columns}
    ruled = invalidation.watched()[model].columns
    assert columns - ruled == UNSHOWN[model]


def test_no_action_invalidates_by_itself():
    calls = [
        module.place(node)
        for module in modules()
        if not module.name.startswith("masthead.pagecache")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "invalidate"
    ]
    assert calls == []


def test_new_text_of_a_post_changes_the_post_and_not_the_lists(app):
    post_id = PostFactory().id
    with app.app_context():
        db.session.get(Post, post_id).title = "After"
        assert pending() == {f"post:{post_id}", "edits"}


@pytest.mark.parametrize(
    ("column", "value"), [("slug", "after"), ("canonical_url", "https://other.example/")]
)
def test_new_place_of_a_post_changes_the_lists(app, column, value):
    post_id = PostFactory().id
    with app.app_context():
        setattr(db.session.get(Post, post_id), column, value)
        assert pending() == {f"post:{post_id}", "edits", "posts"}


def test_draft_changes_nothing(app):
    post_id = PostFactory(status=Status.DRAFT, published_at=None, tags=["Nature"]).id
    with app.app_context():
        post = db.session.get(Post, post_id)
        post.title, post.slug = "After", "after"
        db.session.scalars(db.select(PostTag).where(PostTag.post_id == post_id)).one().position = 4
        assert pending() == set()


def test_statement_on_other_columns_changes_nothing(app):
    post_id = PostFactory().id
    with app.app_context():
        db.session.execute(update(Post).values(comment_count=3, updated_at=Post.updated_at))
        db.session.execute(update(User).values(password_hash="x"))
        assert pending() == set()
        db.session.execute(update(Post).where(Post.id == post_id).values(title="After"))
        assert pending() == {"posts", "edits", "post:*"}


def test_comment_changes_its_post_alone(app):
    comment = CommentFactory()
    with app.app_context():
        db.session.get(Comment, comment.id).html = "<p>After</p>"
        assert pending() == {f"comments:{comment.post_id}"}


def test_page_that_nobody_sees_changes_nothing(app):
    page_id = PageFactory(is_public=False).id
    with app.app_context():
        page = db.session.get(Page, page_id)
        page.title = "After"
        assert pending() == set()
        page.is_public = True
        assert pending() == {f"page:{page_id}", "pages"}


def test_deleted_row_changes_everything_where_names_stand_everywhere(app):
    PostFactory(tags=["Nature"])
    with app.app_context():
        db.session.execute(delete(PostTag))
        db.session.delete(db.session.scalars(db.select(Tag)).one())
        assert "*" in pending()


def test_statement_on_a_family_drops_the_page_of_each_row(app, client, new_client):
    first, second = PostFactory(), PostFactory()
    for post in (first, second):
        new_client().get(f"/blog/post/{post.slug}")
    with app.app_context():
        db.session.execute(update(Post).where(Post.id == first.id).values(html="<p>Replaced</p>"))
        db.session.commit()
    assert "Replaced" in new_client().get(f"/blog/post/{first.slug}").text


@pytest.mark.parametrize(
    ("column", "value"),
    [("is_active", False), ("is_byline", True), ("role_id", None)],
    ids=["disabled", "byline", "reader"],
)
def test_page_of_a_writer_without_posts_follows_the_account(app, cast, new_client, column, value):
    assert new_client().get("/blog/author/walt").status_code == 200
    with app.app_context():
        walt = db.session.get(User, cast.walt.id)
        setattr(walt, column, db.session.get(User, cast.rhea.id).role_id if value is None else value)
        db.session.commit()
    assert new_client().get("/blog/author/walt").status_code == 404


def test_page_of_a_writer_without_posts_follows_the_role(app, cast, new_client):
    assert new_client().get("/blog/author/walt").status_code == 200
    with app.app_context():
        role = db.session.get(Role, db.session.get(User, cast.walt.id).role_id)
        role.permissions = []
        db.session.commit()
    assert new_client().get("/blog/author/walt").status_code == 404


def test_new_tag_changes_the_list_of_tags_alone(app):
    with app.app_context():
        insert_unique(Tag, Tag.slug, "nature", key="nature", name="Nature", description="")
        assert pending() == {"tags"}


def _calls_of_a_flush(author_id, number):
    """Store new posts, each with a byline, in one flush; the number of Python calls."""
    now, calls = clock.now(), 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    db.session.add_all(
        Post(
            author_id=author_id,
            slug=f"post-{number}-{index}",
            title="Harvest",
            body="",
            html="",
            toc=[],
            created_at=now,
            updated_at=now,
            byline_rows=[PostByline(user_id=author_id, position=0)],
        )
        for index in range(number)
    )
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        db.session.flush()
    finally:
        sys.setprofile(before)
    return calls


def test_rules_of_a_large_flush_cost_each_row_the_same(app, cast):
    with app.app_context():
        _calls_of_a_flush(cast.walt.id, 2)
        few, many = _calls_of_a_flush(cast.walt.id, 20), _calls_of_a_flush(cast.walt.id, 80)
    assert many < 4.5 * few


def test_the_cache_lets_through_each_parameter_that_a_view_reads(app):
    read = [getattr(view, KEPT, frozenset()) for view in app.view_functions.values()]
    assert frozenset().union(*read, app.extensions[LOOKUP_PARAMETERS]) == PARAMETERS
