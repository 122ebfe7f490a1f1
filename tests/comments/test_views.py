from datetime import timedelta

import pytest

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.comments.permissions import EDIT_WINDOW
from masthead.posts.lifecycle import Status
from tests.factories import CommentFactory, DraftFactory, PostFactory
from tests.support.discussions import address, decide, token_of
from tests.support.visitors import document

SECOND = timedelta(seconds=1)
EVERYBODY_ELSE = ["colin", "walt", "mona", "edith", "ada"]


@pytest.fixture
def rhea(cast, sign_in):
    return sign_in(cast.rhea)


@pytest.fixture
def fresh(cast):
    """Make a comment that Rhea sent a moment ago."""

    def make(**values):
        return CommentFactory(**{"author": cast.rhea, "created_at": clock.now(), **values})

    return make


def edit(visitor, comment, body="Better words"):
    data = {"csrf_token": token_of(visitor), "body": body}
    return visitor.post(f"/blog/comment/{comment.id}/edit", data=data)


def delete(visitor, comment):
    return visitor.post(f"/blog/comment/{comment.id}/delete", data={"csrf_token": token_of(visitor)})


def test_an_author_changes_a_comment_shortly_after_sending_it(rhea, client, fresh):
    post = PostFactory()
    comment = fresh(post=post, body="Furst words")
    path = f"/blog/comment/{comment.id}/edit"
    assert path in rhea.read(address(post)).links
    assert rhea.read(path).value_of("body") == "Furst words"
    response = rhea.fill_in(path, body="First **words**")
    assert (response.status_code, response.location) == (303, f"{address(post)}#comment-{comment.id}")
    text = client.read(address(post)).text(f"//article[@id='comment-{comment.id}']")
    assert "First words" in text
    assert "(edited)" in text


@pytest.mark.parametrize(("age", "status"), [(EDIT_WINDOW - 5 * SECOND, 303), (EDIT_WINDOW, 403)])
def test_the_time_for_changes_ends(rhea, fresh, stored, age, status):
    comment = fresh(body="As it was", created_at=clock.now() - age)
    assert edit(rhea, comment).status_code == status
    assert stored()[0].body == ("Better words" if status == 303 else "As it was")


def test_a_change_that_comes_too_late_keeps_the_text(rhea, fresh):
    comment = fresh(created_at=clock.now() - EDIT_WINDOW)
    page = document(edit(rhea, comment))
    assert page.value_of("body") == "Better words"
    assert "15 minutes" in page.text("//*[@role='alert']")
    assert rhea.get(f"/blog/comment/{comment.id}/edit").status_code == 403
    assert f"/blog/comment/{comment.id}/edit" not in rhea.get("/blog/").text


@pytest.mark.parametrize("body", ["", "x" * 20_000, "a\0b"])
def test_a_change_that_cannot_be_accepted_is_shown_again(rhea, fresh, stored, body):
    comment = fresh(body="As it was")
    response = edit(rhea, comment, body)
    assert response.status_code == 422
    assert document(response).error_of("body")
    assert document(response).value_of("body") == body.replace("\0", "")
    assert stored()[0].body == "As it was"


def test_an_expired_form_keeps_the_change(rhea, fresh, stored):
    comment = fresh(body="As it was")
    response = rhea.post(f"/blog/comment/{comment.id}/edit", data={"body": "Better words"})
    assert response.status_code == 422
    assert document(response).value_of("body") == "Better words"
    assert stored()[0].body == "As it was"


@pytest.mark.parametrize("name", EVERYBODY_ELSE)
def test_nobody_changes_the_comment_of_another(cast, sign_in, fresh, stored, name):
    comment = fresh(body="As it was", post=PostFactory(author=cast.walt))
    visitor = sign_in(getattr(cast, name))
    assert visitor.get(f"/blog/comment/{comment.id}/edit").status_code == 403
    assert edit(visitor, comment).status_code == 403
    assert visitor.get(f"/blog/comment/{comment.id}/delete").status_code == 403
    assert delete(visitor, comment).status_code == 403
    assert (stored()[0].body, stored()[0].status) == ("As it was", "approved")


def test_an_anonymous_reader_is_asked_to_sign_in(client, fresh, stored):
    comment = fresh(body="As it was", status=CommentStatus.PENDING)
    for step in ("edit", "delete"):
        path = f"/blog/comment/{comment.id}/{step}"
        assert client.get(path).location == f"/auth/login?next={path}"
        assert client.post(path, data={"body": "x"}).status_code == 400
    assert stored()[0].body == "As it was"


@pytest.mark.parametrize("status", ["pending", "spam", "deleted"])
@pytest.mark.parametrize("name", ["colin", "walt"])
def test_what_somebody_cannot_read_does_not_exist_for_them(cast, sign_in, fresh, name, status):
    comment = fresh(status=CommentStatus(status), body="MARKER")
    visitor = sign_in(getattr(cast, name))
    answers = [
        *(visitor.get(f"/blog/comment/{comment.id}/{step}") for step in ("edit", "delete")),
        edit(visitor, comment),
        delete(visitor, comment),
    ]
    assert [response.status_code for response in answers] == [404] * 4
    assert not any("MARKER" in response.text for response in answers)


@pytest.mark.parametrize("status", ["spam", "deleted"])
def test_what_was_removed_its_author_cannot_change_or_delete_either(rhea, fresh, stored, status):
    comment = fresh(status=CommentStatus(status), body="As it was")
    assert edit(rhea, comment).status_code == 404
    assert delete(rhea, comment).status_code == 404
    assert (stored()[0].body, stored()[0].status) == ("As it was", status)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.TRASHED])
def test_a_comment_below_a_post_that_is_not_public_does_not_exist_for_its_author(rhea, fresh, status):
    comment = fresh(post=DraftFactory(status=status))
    assert edit(rhea, comment).status_code == 404
    assert delete(rhea, comment).status_code == 404


@pytest.mark.parametrize("comment_id", ["0", "-1", str(2**62), str(2**63), "1" * 50, "text", "%00"])
@pytest.mark.parametrize("step", ["edit", "delete"])
def test_a_comment_that_does_not_exist_is_a_clear_4xx(rhea, comment_id, step):
    path = f"/blog/comment/{comment_id}/{step}"
    token = token_of(rhea)
    assert rhea.get(path).status_code in {400, 404}
    assert rhea.post(path, data={"csrf_token": token, "body": "x"}).status_code in {400, 404}


# What a change makes of an approved comment, and of one that waits: it may wait again, and is never approved.
@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        ("everybody", "approved", "approved"),
        ("first", "approved", "approved"),
        ("all", "approved", "pending"),
        ("everybody", "pending", "pending"),
        ("first", "pending", "pending"),
    ],
)
def test_a_change_goes_through_the_policy(rhea, fresh, set_policy, stored, count_of, policy, before, after):
    set_policy(policy)
    post = PostFactory()
    comment = fresh(post=post, status=CommentStatus(before))
    assert edit(rhea, comment).status_code == 303
    assert stored()[0].status == after
    assert count_of(post) == (after == "approved")


def test_an_author_deletes_a_comment_at_any_time(rhea, client, cast, stored, count_of):
    post = PostFactory()
    comment = CommentFactory(post=post, author=cast.rhea, body="Regret")
    path = f"/blog/comment/{comment.id}/delete"
    assert path in rhea.read(address(post)).links
    assert "Regret" in rhea.read(path).text("//main")
    response = rhea.fill_in(path, action="", button="")
    assert (response.status_code, response.location) == (303, f"{address(post)}#comments")
    assert "Your comment is deleted." in rhea.read(address(post)).text("//main")
    assert "Regret" not in client.get(address(post)).text
    assert (stored()[0].status, count_of(post)) == ("deleted", 0)


def test_a_comment_that_was_answered_leaves_a_tombstone_when_its_author_deletes_it(rhea, client, cast):
    post = PostFactory()
    comment = CommentFactory(post=post, author=cast.rhea, body="Regret")
    CommentFactory(post=post, parent=comment, body="Still here")
    delete(rhea, comment)
    page = client.read(address(post))
    assert page.text(f"//article[@id='comment-{comment.id}']") == "This comment was removed."
    assert "Still here" in page.text("//main")


def test_a_comment_that_waits_can_be_deleted_by_its_author(rhea, fresh, stored, count_of):
    comment = fresh(status=CommentStatus.PENDING)
    assert delete(rhea, comment).status_code == 303
    assert delete(rhea, comment).status_code == 404
    assert stored()[0].status == "deleted"


def test_deletions_at_once_count_once(rhea, cast, sign_in, in_parallel, stored, count_of):
    post = PostFactory()
    comments = [CommentFactory(post=post, author=cast.rhea) for _ in range(4)]
    mona = sign_in(cast.mona)
    own, other = token_of(rhea), token_of(mona)

    def deleting(visitor, path, token):
        return lambda: [visitor.post(path.format(c.id), data={"csrf_token": token}) for c in comments]

    calls = [
        deleting(rhea, "/blog/comment/{}/delete", own),
        deleting(mona, "/admin/comments/{}/delete", other),
        deleting(sign_in(cast.mona), "/admin/comments/{}/reject", "invalid"),
    ]
    assert in_parallel(*calls) == []
    assert [comment.status for comment in stored()] == ["deleted"] * 4
    assert count_of(post) == 0


def test_a_rejected_comment_is_gone_for_its_author(rhea, cast, sign_in, fresh):
    post = PostFactory()
    comment = fresh(post=post, status=CommentStatus.PENDING, body="Buy pills")
    assert "Buy pills" in rhea.get(address(post)).text
    decide(sign_in(cast.mona), comment.id, "reject")
    assert "Buy pills" not in rhea.get(address(post)).text
