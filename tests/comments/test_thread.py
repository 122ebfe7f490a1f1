import pytest

from masthead.comments.models import CommentStatus
from masthead.comments.thread import MAX_DEPTH
from tests.factories import CommentFactory, PostFactory
from tests.support.discussions import address, outline
from tests.support.visitors import document

ABSENT = 2**62


def answer(visitor, post, comment_id, body="An answer"):
    return visitor.fill_in(f"{address(post)}?reply_to={comment_id}", body=body)


@pytest.mark.parametrize("count", [3, 30])
def test_a_post_with_comments_costs_the_same_with_more_of_them(cast, client, sign_in, queries, count):
    post = PostFactory(author=cast.walt, tags=["Nature"])
    parent = None
    for number in range(count):
        parent = CommentFactory(post=post, parent=parent if number % 3 else None)
    client.get("/")
    # Settings; the post with bylines; its tags; the comments with their authors; previous, next and related.
    with queries.exactly(5):
        assert client.get(address(post)).status_code == 200
    mona = sign_in(cast.mona)
    # One more: the account.
    with queries.exactly(6):
        assert mona.get(address(post)).status_code == 200


def test_answers_stand_below_what_they_answer_in_the_order_of_time(client):
    post = PostFactory()
    one = CommentFactory(post=post)
    two = CommentFactory(post=post)
    to_one = CommentFactory(post=post, parent=one)
    to_two = CommentFactory(post=post, parent=two)
    again_to_one = CommentFactory(post=post, parent=one)
    assert outline(client.read(address(post))) == [
        (one.id, [(to_one.id, []), (again_to_one.id, [])]),
        (two.id, [(to_two.id, [])]),
    ]


def test_an_answer_is_written_from_a_link_at_the_comment(cast, sign_in, stored):
    post = PostFactory()
    comment = CommentFactory(post=post, author=cast.colin)
    rhea = sign_in(cast.rhea)
    link = f"{address(post)}?reply_to={comment.id}"
    page = rhea.read(address(post))
    assert f"{link}#respond" in page.links
    assert "Reply to Colin" in rhea.read(link).text("//*[@id='respond']")
    rhea.fill_in(link, body="An answer")
    assert stored()[-1].parent_id == comment.id


def test_what_is_too_deep_stands_beside_what_it_answers(cast, sign_in, client, set_policy, stored):
    set_policy("everybody")
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    rhea.fill_in(address(post), body="Comment 0")
    for number in range(1, MAX_DEPTH + 3):
        answer(rhea, post, stored()[-1].id, f"Comment {number}")
    comments = stored()
    assert [comment.depth for comment in comments] == [*range(MAX_DEPTH + 1), MAX_DEPTH, MAX_DEPTH]
    deepest_ancestor = comments[MAX_DEPTH - 1].id
    assert {comment.parent_id for comment in comments[MAX_DEPTH:]} == {deepest_ancestor}
    tree = outline(client.read(address(post)))
    for _ in range(MAX_DEPTH):
        ((_, tree),) = tree
    assert tree == [(comment.id, []) for comment in comments[MAX_DEPTH:]]


@pytest.mark.parametrize(
    "parent_id",
    [
        "0",
        "-1",
        "text",
        "1.5",
        "٣",
        "1" * 30,
        str(2**63),
        str(2**64),
        str(ABSENT),
        "1 or 1=1",
        "NaN",
        "\0",
        "+1",
    ],
)
def test_a_parent_that_cannot_exist_is_refused_and_the_text_kept(cast, sign_in, stored, parent_id):
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    form = rhea.read(address(post)).form({"body": ""})
    sent = form.filled({"body": "My words", "parent_id": parent_id}, None)
    response = rhea.post(form.action, data=sent)
    page = document(response)
    assert response.status_code == 422
    assert page.value_of("body") == "My words"
    assert stored() == []
    # Sent once more, it stands below the post itself.
    again = page.form({"body": ""})
    assert rhea.post(again.action, data=again.filled({}, None)).status_code == 303
    assert [comment.parent_id for comment in stored()] == [None]


@pytest.mark.parametrize("status", ["pending", "spam", "deleted"])
def test_a_parent_that_the_person_cannot_read_is_refused_like_one_that_does_not_exist(
    cast, sign_in, stored, status
):
    post = PostFactory()
    hidden = CommentFactory(post=post, author=cast.colin, status=CommentStatus(status))
    rhea = sign_in(cast.rhea)
    form = rhea.read(f"{address(post)}?reply_to={hidden.id}").form({"body": ""})
    assert form.values["parent_id"] == [""]
    answers = [
        rhea.post(form.action, data=form.filled({"body": "Words", "parent_id": parent_id}, None))
        for parent_id in (hidden.id, ABSENT)
    ]
    assert [response.status_code for response in answers] == [422, 422]
    alerts = [document(response).text("//*[@role='alert']") for response in answers]
    assert alerts[0] == alerts[1]
    assert "no longer here" in alerts[0]
    assert len(stored()) == 1


def test_a_parent_below_another_post_is_refused(cast, sign_in, stored):
    post, other = PostFactory(), PostFactory()
    elsewhere = CommentFactory(post=other)
    rhea = sign_in(cast.rhea)
    form = rhea.read(address(post)).form({"body": ""})
    response = rhea.post(form.action, data=form.filled({"body": "Words", "parent_id": elsewhere.id}, None))
    assert response.status_code == 422
    assert "no longer here" in document(response).text("//*[@role='alert']")
    assert len(stored()) == 1


@pytest.mark.parametrize("reply_to", ["0", "-1", "text", "1" * 40, str(ABSENT), ""])
def test_a_link_to_answer_what_is_not_there_shows_the_post_and_an_ordinary_form(cast, sign_in, reply_to):
    post = PostFactory()
    page = sign_in(cast.rhea).read(f"{address(post)}?reply_to={reply_to}")
    assert page.value_of("parent_id") == ""
    assert "Write a comment" in page.text("//*[@id='respond']")


@pytest.mark.parametrize("status", ["deleted", "spam", "pending"])
def test_a_comment_with_answers_leaves_a_tombstone(client, cast, status):
    post = PostFactory()
    gone = CommentFactory(post=post, author=cast.colin, body="MARKER-TEXT", status=CommentStatus(status))
    answered = CommentFactory(post=post, parent=gone)
    response = client.get(address(post))
    page = document(response)
    assert outline(page) == [(gone.id, [(answered.id, [])])]
    assert page.text(f"//article[@id='comment-{gone.id}']") == "This comment was removed."
    assert "MARKER-TEXT" not in response.text
    assert "Colin" not in response.text


def test_a_comment_without_readable_answers_disappears(client):
    post = PostFactory()
    gone = CommentFactory(post=post, status=CommentStatus.DELETED)
    below = CommentFactory(post=post, parent=gone, status=CommentStatus.DELETED)
    CommentFactory(post=post, parent=below, status=CommentStatus.PENDING)
    stays = CommentFactory(post=post)
    assert outline(client.read(address(post))) == [(stays.id, [])]


def test_an_author_of_the_post_is_marked(client, cast):
    post = PostFactory(author=cast.walt)
    own = CommentFactory(post=post, author=cast.walt)
    other = CommentFactory(post=post, author=cast.rhea)
    page = client.read(address(post))
    assert "Author" in page.text(f"//article[@id='comment-{own.id}']//header")
    assert "Author" not in page.text(f"//article[@id='comment-{other.id}']//header")


def test_a_page_for_anonymous_readers_has_no_form_and_starts_no_session(client):
    post = PostFactory()
    CommentFactory(post=post)
    response = client.get(address(post))
    assert document(response).forms == []
    assert "Set-Cookie" not in response.headers
