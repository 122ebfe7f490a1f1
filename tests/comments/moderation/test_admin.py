import pytest

from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from tests.factories import CommentFactory, DraftFactory, PostFactory
from tests.support.discussions import address, decide, token_of
from tests.support.visitors import document

LIST = "/admin/comments"
STEPS = ["approve", "reject", "delete", "restore"]
MODERATORS = ["mona", "edith", "ada"]
OTHERS = ["rhea", "colin", "walt"]


@pytest.fixture
def mona(cast, sign_in):
    return sign_in(cast.mona)


def queued(page):
    """The ids of the comments on a page of the list."""
    return [int(name.removeprefix("comment-")) for name in page.all("//ul/li/article/@id")]


def tick(visitor, comments, step, path=LIST):
    """Tick comments on a page of the list, and press a button below it."""
    form = visitor.read(path).form({"comment_id": "1"})
    sent = form.filled({"comment_id": [str(comment.id) for comment in comments]}, None)
    return visitor.post(form.action, data={**sent, "step": step})


# From which status a step leads where; the others leave a comment as it is.
LIFE = {
    ("pending", "approve"): "approved",
    ("spam", "approve"): "approved",
    ("pending", "reject"): "spam",
    ("approved", "reject"): "spam",
    ("pending", "delete"): "deleted",
    ("approved", "delete"): "deleted",
    ("spam", "delete"): "deleted",
    ("spam", "restore"): "pending",
    ("deleted", "restore"): "pending",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", list(CommentStatus))
def test_every_step_from_every_status(mona, cast, stored, count_of, status, step):
    post = PostFactory()
    comment = CommentFactory(post=post, status=status)
    CommentFactory(post=post)
    response = decide(mona, comment.id, step)
    assert response.status_code == 303
    (found, _) = stored()
    expected = LIFE.get((status.value, step), status.value)
    assert found.status == expected
    assert count_of(post) == 1 + (expected == "approved")
    moved = (status.value, step) in LIFE
    assert (found.decided_by_id == cast.mona.id) is moved
    assert ("skipped" in mona.read(address(post)).text("//main")) is not moved


def test_an_approved_comment_is_public(mona, client):
    post = PostFactory()
    comment = CommentFactory(post=post, status=CommentStatus.PENDING, body="Qwzx fish")
    assert "Qwzx" not in client.get(address(post)).text
    response = decide(mona, comment.id, "approve", status="pending")
    assert response.location == LIST
    assert "1 comment is approved." in mona.read(LIST).text("//main")
    assert "Qwzx" in client.get(address(post)).text


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", OTHERS)
def test_only_moderators_decide(cast, sign_in, stored, count_of, name, step):
    # Walt wrote the post, Rhea the comment: neither makes a moderator.
    post = PostFactory(author=cast.walt)
    comment = CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING)
    visitor = sign_in(getattr(cast, name))
    assert decide(visitor, comment.id, step).status_code == 403
    data = {"csrf_token": token_of(visitor), "comment_id": comment.id, "step": step}
    assert visitor.post(LIST, data=data).status_code == 403
    assert visitor.get(LIST).status_code == 403
    assert (stored()[0].status, count_of(post)) == ("pending", 0)


def test_an_anonymous_visitor_is_asked_to_sign_in(client, stored):
    comment = CommentFactory(status=CommentStatus.PENDING, body="MARKER")
    response = client.get(LIST)
    assert (response.status_code, response.location) == (302, "/auth/login?next=/admin/comments")
    for path in (LIST, f"{LIST}/{comment.id}/approve"):
        response = client.post(path, data={"comment_id": comment.id, "step": "approve"})
        assert response.status_code == 400
        assert "MARKER" not in response.text
    assert stored()[0].status == "pending"


@pytest.mark.parametrize("name", MODERATORS)
def test_moderators_editors_and_administrators_see_the_list_and_decide(cast, sign_in, stored, name):
    comment = CommentFactory(status=CommentStatus.PENDING)
    visitor = sign_in(getattr(cast, name))
    assert decide(visitor, comment.id, "approve").status_code == 303
    assert stored()[0].status == "approved"
    assert queued(visitor.read(f"{LIST}?status=approved")) == [comment.id]


def test_a_decision_without_a_valid_form_token_is_not_taken(mona, stored):
    comment = CommentFactory(status=CommentStatus.PENDING)
    assert mona.post(f"{LIST}/{comment.id}/approve").status_code == 400
    assert mona.post(LIST, data={"comment_id": comment.id, "step": "approve"}).status_code == 400
    assert mona.get(f"{LIST}/{comment.id}/approve").status_code == 405
    assert stored()[0].status == "pending"


def test_the_list_shows_the_text_the_author_the_post_and_when(mona, cast):
    post = PostFactory(title="Rivers in winter")
    CommentFactory(post=post, author=cast.rhea, body="And the fish?", status=CommentStatus.PENDING)
    text = mona.read(LIST).text("//main//article")
    for expected in ("And the fish?", "Rhea", "@rhea", "Rivers in winter", "1 Mar 2026, 12:00"):
        assert expected in text


def test_each_status_has_its_list_and_its_number(mona):
    comments = {status: CommentFactory(status=status) for status in CommentStatus}
    comments |= {"more": CommentFactory(status=CommentStatus.PENDING)}
    for status in CommentStatus:
        page = mona.read(f"{LIST}?status={status.value}")
        assert comments[status].id in queued(page)
        assert page.texts("//nav[@aria-label='Show comments']//li") == [
            "Pending 2",
            "Approved 1",
            "Spam 1",
            "Deleted 1",
        ]
    # What waits longest comes first.
    assert queued(mona.read(LIST)) == [comments[CommentStatus.PENDING].id, comments["more"].id]


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_with_more_comments(mona, cast, queries, count):
    for _ in range(count):
        CommentFactory(status=CommentStatus.PENDING)
    mona.get(LIST)
    # The account; settings; how many in each status; the comments with their authors and posts.
    with queries.exactly(4):
        assert mona.get(LIST).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1000000000",
        "page=x",
        "page=2",
        "status=unknown",
        "status=%00",
        "status=Pending",
    ],
)
def test_a_list_that_does_not_exist_is_a_clear_4xx(mona, query):
    CommentFactory(status=CommentStatus.PENDING)
    assert mona.get(f"{LIST}?{query}").status_code in {400, 404}


@pytest.mark.parametrize("comment_id", [0, -1, 2**62, 2**63, 2**64, "text", "%00", "1.0"])
@pytest.mark.parametrize("step", ["approve", "publish"])
def test_a_comment_or_a_step_that_does_not_exist_is_a_clear_4xx(mona, comment_id, step):
    assert decide(mona, comment_id, step).status_code in {400, 404}


def test_ticked_comments_are_decided_together(mona, stored, count_of):
    post, other = PostFactory(), PostFactory()
    comments = [CommentFactory(post=post, status=CommentStatus.PENDING) for _ in range(3)]
    comments.append(CommentFactory(post=other, status=CommentStatus.PENDING))
    response = tick(mona, comments[1:], "approve")
    assert (response.status_code, response.location) == (303, LIST)
    assert [comment.status for comment in stored()] == ["pending", "approved", "approved", "approved"]
    assert (count_of(post), count_of(other)) == (2, 1)
    assert "3 comments are approved." in mona.read(LIST).text("//main")


def test_of_ticked_comments_those_that_somebody_decided_before_stay(mona, stored, app):
    comments = [CommentFactory(status=CommentStatus.PENDING) for _ in range(3)]
    form = mona.read(LIST).form({"comment_id": "1"})
    decide(mona, comments[0].id, "delete")
    with app.app_context():
        db.session.delete(db.session.get(Comment, comments[1].id))
        db.session.commit()
    ids = [str(comment.id) for comment in comments]
    mona.post(form.action, data={**form.filled({"comment_id": ids}, None), "step": "approve"})
    assert [comment.status for comment in stored()] == ["deleted", "approved"]
    assert "2 comments are skipped" in mona.read(LIST).text("//main")


def test_a_button_without_a_tick_says_what_to_do(mona, stored):
    CommentFactory(status=CommentStatus.PENDING)
    response = tick(mona, [], "approve")
    assert response.status_code == 303
    assert "Select at least one comment" in mona.read(LIST).text("//main")
    assert stored()[0].status == "pending"


@pytest.mark.parametrize(
    ("ids", "step"),
    [
        (["x"], "approve"),
        (["-1"], "approve"),
        ([str(2**64)], "approve"),
        (["1", "1" * 5_000], "approve"),
        ([str(number) for number in range(1, 100)], "approve"),
        (["1"], "publish"),
        (["1"], ""),
        (["\0"], "approve"),
    ],
)
def test_a_choice_that_cannot_be_read_is_a_clear_4xx(mona, stored, ids, step):
    CommentFactory(status=CommentStatus.PENDING)
    data = {"csrf_token": token_of(mona), "comment_id": ids, "step": step}
    assert mona.post(LIST, data=data).status_code == 422
    assert stored()[0].status == "pending"


def test_after_the_last_comment_of_the_last_page_the_list_goes_back_to_a_page_that_exists(mona):
    for _ in range(51):
        comment = CommentFactory(status=CommentStatus.SPAM)
    (first,) = queued(mona.read(f"{LIST}?status=spam&page=2"))
    response = decide(mona, first, "approve", status="spam", page=2)
    assert response.location == f"{LIST}?status=spam"
    assert mona.get(response.location).status_code == 200
    assert comment.id != first


def test_what_its_author_deleted_stays_deleted(mona, cast, sign_in, stored):
    comment = CommentFactory(author=cast.rhea)
    rhea = sign_in(cast.rhea)
    rhea.post(f"/blog/comment/{comment.id}/delete", data={"csrf_token": token_of(rhea)})
    page = mona.read(f"{LIST}?status=deleted")
    assert "Deleted by its author" in page.text("//main//article")
    assert not any("restore" in address for address in page.all("//button/@formaction"))
    decide(mona, comment.id, "restore")
    tick(mona, [comment], "restore", f"{LIST}?status=deleted")
    assert stored()[0].status == "deleted"


def test_what_a_moderator_deleted_can_be_put_back(mona, stored, count_of):
    post = PostFactory()
    comment = CommentFactory(post=post)
    decide(mona, comment.id, "delete")
    assert count_of(post) == 0
    assert "Deleted by Mona" in mona.read(f"{LIST}?status=deleted").text("//main//article")
    decide(mona, comment.id, "restore")
    decide(mona, comment.id, "approve")
    assert (stored()[0].status, count_of(post)) == ("approved", 1)


def test_moderators_decide_on_the_page_of_the_post(mona, cast):
    post = PostFactory()
    comment = CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING)
    page = mona.read(address(post))
    buttons = page.all(f"//article[@id='comment-{comment.id}']//button/@formaction")
    assert buttons == [f"{LIST}/{comment.id}/{step}" for step in ("approve", "reject", "delete")]
    response = decide(mona, comment.id, "approve")
    assert response.location == f"{address(post)}#comment-{comment.id}"
    assert decide(mona, comment.id, "reject").location == f"{address(post)}#comments"
    assert mona.read(address(post)).all("//article[@class='comment']") == []


@pytest.mark.parametrize("name", OTHERS)
def test_others_find_no_buttons_on_the_page_of_the_post(cast, sign_in, name):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post)
    assert sign_in(getattr(cast, name)).read(address(post)).all("//button/@formaction") == []


def test_comments_of_a_post_that_is_not_public_are_for_those_who_can_see_it(mona, cast, sign_in, stored):
    draft = DraftFactory(author=cast.walt, title="HIDDEN-TITLE")
    comment = CommentFactory(post=draft, status=CommentStatus.PENDING, body="HIDDEN-TEXT")
    page = mona.get(LIST).text
    assert "HIDDEN" not in page
    assert "Pending <span>0" in page
    assert decide(mona, comment.id, "approve").status_code == 404
    data = {"csrf_token": token_of(mona), "comment_id": comment.id, "step": "approve"}
    mona.post(LIST, data=data)
    assert "HIDDEN" not in mona.get("/dashboard").text
    assert stored()[0].status == "pending"
    edith = sign_in(cast.edith)
    assert decide(edith, comment.id, "approve").status_code == 303
    assert stored()[0].status == "approved"


def test_the_desk_of_a_moderator_shows_what_waits(mona):
    CommentFactory(status=CommentStatus.PENDING, body="Please look at me")
    assert "Please look at me" in mona.read("/dashboard").text("//main")


def test_the_page_says_who_decided_and_offers_only_what_is_possible(mona):
    comment = CommentFactory(status=CommentStatus.PENDING)
    decide(mona, comment.id, "reject")
    page = mona.read(f"{LIST}?status=spam")
    assert "Marked as spam by Mona" in page.text("//main//article")
    steps = [
        address.split("?")[0].rsplit("/", 1)[-1] for address in page.all("//article//button/@formaction")
    ]
    assert steps == ["approve", "delete", "restore"]
    assert document(mona.get(LIST)).texts("//h2") == ["Nothing to moderate"]
