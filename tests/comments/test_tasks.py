from datetime import timedelta

import pytest

from masthead import clock
from masthead.comments import tasks
from masthead.comments.models import CommentStatus
from tests.factories import CommentFactory, PostFactory

SPAM, DELETED, APPROVED, PENDING = (
    CommentStatus.SPAM,
    CommentStatus.DELETED,
    CommentStatus.APPROVED,
    CommentStatus.PENDING,
)
LONG_AGO = timedelta(days=31)


def old(status, **values):
    return CommentFactory(status=status, created_at=clock.now() - LONG_AGO, **values)


def purge(app):
    with app.app_context():
        tasks.purge_removed()


@pytest.mark.parametrize("status", [SPAM, DELETED])
def test_what_was_removed_long_ago_is_removed_for_good(app, stored, count_of, status):
    post = PostFactory()
    old(status, post=post, decided_at=clock.now() - LONG_AGO)
    old(status, post=post)
    kept = old(APPROVED, post=post)
    purge(app)
    assert [comment.id for comment in stored()] == [kept.id]
    assert count_of(post) == 1


def test_what_waits_or_was_removed_lately_stays(app, stored):
    post = PostFactory()
    old(PENDING, post=post)
    old(SPAM, post=post, decided_at=clock.now() - timedelta(days=29))
    purge(app)
    assert len(stored()) == 2


def test_answered_comment_loses_its_text_and_keeps_its_place(app, client, stored):
    post = PostFactory()
    removed = old(SPAM, post=post, body="Buy now")
    CommentFactory(post=post, parent=removed, body="What is this?")
    address = f"/blog/post/{post.slug}"
    before = client.read(address).text("//*[@id='comments']")
    purge(app)
    emptied = stored()[0]
    assert (emptied.body, emptied.html, emptied.status) == ("", "", DELETED)
    shown = client.read(address).text("//*[@id='comments']")
    assert "This comment was removed." in shown
    assert "What is this?" in shown
    assert shown == before


def test_branch_of_removed_comments_goes_from_its_end(app, stored, monkeypatch):
    monkeypatch.setattr(tasks, "PURGED_AT_ONCE", 2)
    post = PostFactory()
    parent = None
    for status in (SPAM, DELETED, SPAM, DELETED):
        parent = old(status, post=post, parent=parent)
    purge(app)
    assert stored() == []


def test_emptied_comment_cannot_be_brought_back(app, cast, stored, sign_in):
    post = PostFactory()
    removed = old(DELETED, post=post)
    CommentFactory(post=post, parent=removed)
    purge(app)
    mona = sign_in(cast.mona)
    page = mona.read("/admin/comments?status=deleted")
    assert "deleted permanently" in page.text("//main")
    assert not page.all(f"//button[contains(@formaction, '/{removed.id}/restore')]")
    form = page.form({"comment_id": "1"})
    sent = form.filled({"comment_id": [str(removed.id)]}, None)
    mona.post(form.action, data={**sent, "step": "restore"})
    assert stored()[0].status is DELETED


def test_nothing_is_removed_where_that_is_switched_off(app, stored, monkeypatch):
    monkeypatch.setitem(app.config, "COMMENT_TRASH_DAYS", 0)
    old(SPAM)
    purge(app)
    assert len(stored()) == 1
