"""Articles and their comments for readers who are signed in: made of parts that are remembered, and never of another's."""

import os
import signal

import pytest

from masthead import clock
from masthead.comments import actions as comments
from masthead.comments import queries as stored_comments
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.pagecache.fragment_store import FragmentStore
from tests.factories import CommentFactory, DraftFactory, PostFactory, UserFactory
from tests.support.discussions import address


@pytest.fixture(autouse=True)
def unverified(ready, cache, monkeypatch):
    """The cache as it is outside of tests: nothing is made twice, and what is remembered is what people get."""
    monkeypatch.setattr(cache, "verifies", False)


def test_an_article_is_read_once_for_all_who_are_signed_in(cast, sign_in, queries):
    post = PostFactory(author=cast.walt, tags=["Nature"])
    CommentFactory.create_batch(3, post=post)
    rhea, colin = sign_in(cast.rhea), sign_in(cast.colin)
    rhea.get(address(post))
    # The account, whoever it is.
    for reader in (rhea, colin):
        with queries.exactly(1):
            page = reader.read(address(post))
        assert page.text("//h1") == post.title
        assert len(page.all("//article[@class='comment']")) == 3


def test_moderators_read_the_comments_themselves_afresh(cast, sign_in, queries):
    post = PostFactory()
    CommentFactory(post=post)
    mona = sign_in(cast.mona)
    mona.get(address(post))
    with queries.exactly(2):
        assert "Spam" in mona.read(address(post)).text("//*[@id='comments']")


@pytest.mark.parametrize("order", [("rhea", "colin", "mona", "nobody"), ("nobody", "mona", "colin", "rhea")])
def test_a_comment_that_waits_is_for_its_author_and_moderators_whoever_reads_first(
    cast, sign_in, new_client, order
):
    post = PostFactory()
    CommentFactory(post=post, body="Everybody's")
    CommentFactory(
        post=post, author=cast.rhea, html="<p>Not yet</p>", body="Not yet", status=CommentStatus.PENDING
    )
    visitors = {name: sign_in(getattr(cast, name)) for name in ("rhea", "colin", "mona")}
    visitors["nobody"] = new_client()
    for name in (*order, *order):
        text = visitors[name].read(address(post)).text("//*[@id='comments']")
        assert "Everybody's" in text, name
        assert ("Not yet" in text) is (name in {"rhea", "mona"}), name


def test_who_wrote_a_comment_finds_its_buttons_and_nobody_else_does(cast, sign_in):
    post = PostFactory()
    comment = CommentFactory(post=post, author=cast.rhea, created_at=clock.now())
    colin, rhea = sign_in(cast.colin), sign_in(cast.rhea)
    own = f"/comment/{comment.id}/"
    for _ in range(2):
        assert not [link for link in colin.read(address(post)).links if own in link]
        assert len([link for link in rhea.read(address(post)).links if own in link]) == 2


def test_nothing_of_one_reader_is_on_the_page_of_another(cast, sign_in):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post)
    mark = UserFactory(name="Xyzzy Reader", role_id=cast.rhea.role_id, email="xyzzy@example.org")
    marked, other = sign_in(mark), sign_in(cast.colin)
    first = marked.get(address(post)).text
    assert "Xyzzy" in first
    assert "Xyzzy" not in other.get(address(post)).text
    token = marked.read(address(post)).form({"body": "x"}).values["csrf_token"][0]
    assert token not in other.get(address(post)).text


def test_the_way_to_the_editor_is_for_those_who_may_edit(cast, sign_in):
    post = PostFactory(author=cast.walt)
    readers = {name: sign_in(getattr(cast, name)) for name in ("walt", "edith", "colin", "rhea")}
    for _ in range(2):
        for name, reader in readers.items():
            has_link = "Edit this post" in reader.get(address(post)).text
            assert has_link is (name in {"walt", "edith"}), name


def test_authors_who_read_first_and_take_another_name_are_named_so_to_others(cast, sign_in):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post, author=cast.walt)
    walt, colin = sign_in(cast.walt), sign_in(cast.colin)
    # Walt's account is loaded before the article is, so the article does not load it.
    walt.get(address(post))
    assert "Walter the Second" not in colin.get(address(post)).text
    assert walt.fill_in("/auth/profile", name="Walter the Second").status_code in {302, 303}
    page = colin.read(address(post))
    assert "Walter the Second" in page.text("//header[@class='article-head']/following::*[@class='byline']")
    assert "Walter the Second" in page.text("//*[@id='comments']")


def test_a_decision_shows_in_the_next_answer(app, cast, sign_in):
    post = PostFactory()
    comment = CommentFactory(post=post, author=cast.rhea, html="<p>Mine</p>")
    colin = sign_in(cast.colin)
    assert "Mine" in colin.get(address(post)).text
    with app.app_context():
        mona = db.session.merge(cast.mona)
        found = stored_comments.get_for_moderation(comment.id, by=mona)
        comments.take(CommentTransition.REJECT, [found], by=mona, at=clock.now())
        db.session.commit()
    assert "Mine" not in colin.get(address(post)).text


def test_a_draft_is_remembered_for_nobody(cast, sign_in):
    draft = DraftFactory(author=cast.walt, slug="not-yet")
    walt, colin = sign_in(cast.walt), sign_in(cast.colin)
    assert [walt.get(address(draft)).status_code, colin.get(address(draft)).status_code] == [200, 404]


def test_the_store_keeps_up_to_its_limit_and_lets_the_least_read_go():
    store = FragmentStore(100_000)
    for number in range(60):
        assert store.set(f"{number}", "x" * 3_000)
        store.get("0")
    assert store.get("0") == "x" * 3_000
    assert store.get("1") is None
    assert not store.set("0", "x" * 50_000)
    assert store.get("0") is None
    store.clear()
    assert store.get("59") is None


def test_who_gets_something_from_the_store_cannot_change_what_is_kept():
    store = FragmentStore(100_000)
    store.set("list", [1, 2])
    store.get("list").append(3)
    assert store.get("list") == [1, 2]


def test_a_forked_child_does_not_wait_for_a_thread_that_it_does_not_have():
    store = FragmentStore(100_000)
    with store._lock:
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            os._exit(0 if store.set("key", "value") else 1)
    assert os.waitpid(child, 0)[1] == 0
