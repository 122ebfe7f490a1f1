from datetime import timedelta

import pytest

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.comments.rendering import BODY_CHARACTERS
from masthead.db import db
from masthead.people import queries as accounts
from masthead.posts import queries as posts
from masthead.posts.lifecycle import Status
from tests.factories import CommentFactory, DraftFactory, PostFactory
from tests.support.discussions import address, decide, send, token_of
from tests.support.visitors import document

COMMENTER = ["rhea", "colin", "walt", "mona", "edith", "ada"]


def test_a_comment_appears_at_its_own_address(cast, sign_in, client, set_policy, stored, count_of):
    set_policy("everybody")
    post = PostFactory()
    response = sign_in(cast.rhea).fill_in(address(post), body="I was *there*.\r\n\r\nTwice.")
    (comment,) = stored()
    assert (response.status_code, response.location) == (303, f"{address(post)}#comment-{comment.id}")
    assert comment.body == "I was *there*.\n\nTwice."
    page = client.read(address(post))
    assert "I was there." in page.text(f"//article[@id='comment-{comment.id}']")
    assert page.all(f"//article[@id='comment-{comment.id}']//em")
    assert "1 comment" in page.texts("//h2")
    assert count_of(post) == 1


def test_a_comment_does_not_change_the_date_or_version_of_the_post(cast, sign_in, app, set_policy):
    set_policy("everybody")
    post = PostFactory()
    sign_in(cast.rhea).fill_in(address(post), body="Words")
    with app.app_context():
        found = posts.get(post.id)
        assert (found.comment_count, found.updated_at, found.version) == (1, post.updated_at, post.version)


def test_too_many_comments_have_to_wait_and_the_text_is_kept(
    cast, sign_in, make_app, new_client, stored, set_policy
):
    set_policy("everybody")
    post = PostFactory()
    app = make_app(RATELIMIT_COMMENT="2 per minute")
    rhea = sign_in(new_client(app), cast.rhea)
    answers = [rhea.fill_in(address(post), body=f"Words {number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    page = document(answers[2])
    assert "That was too often. Come back in" in page.text("//*[@role='alert']")
    assert page.value_of("body") == "Words 2"
    assert len(stored()) == 2
    # Each account is counted by itself, and what is not a comment is not counted.
    assert sign_in(new_client(app), cast.walt).fill_in(address(post), body="Mine").status_code == 303
    assert rhea.fill_in(address(post), body="").status_code == 422


@pytest.mark.parametrize("name", COMMENTER)
def test_everybody_with_an_account_can_comment(cast, sign_in, stored, name):
    post = PostFactory()
    assert sign_in(getattr(cast, name)).fill_in(address(post), body="Words").status_code == 303
    assert [comment.author_id for comment in stored()] == [getattr(cast, name).id]


def test_an_anonymous_reader_is_asked_to_sign_in_and_the_text_is_kept(client, stored):
    post = PostFactory()
    page = client.read(address(post))
    assert f"/auth/login?next=/blog/post/{post.slug}%23respond" in page.links
    assert page.forms == []
    response = client.post(f"{address(post)}/comment", data={"body": "My words"})
    assert response.status_code == 400
    assert "My words" in response.text
    assert stored() == []


def test_a_role_without_the_right_cannot_comment(cast, sign_in, app, stored):
    post = PostFactory()
    with app.app_context():
        accounts.role("reader").permissions = []
        db.session.commit()
    rhea = sign_in(cast.rhea)
    assert "Your account cannot comment here." in rhea.read(address(post)).text("//main")
    assert send(rhea, post, body="Words").status_code == 403
    assert stored() == []


def test_an_expired_form_keeps_the_text(cast, sign_in, stored):
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    response = rhea.post(f"{address(post)}/comment", data={"body": "My words", "csrf_token": "old"})
    page = document(response)
    assert response.status_code == 422
    assert page.value_of("body") == "My words"
    assert "session expired" in page.text("//main")
    assert stored() == []
    # Sent once more as it is, it goes in.
    sent = page.form({"body": "My words"})
    assert rhea.post(sent.action, data=sent.filled({}, None)).status_code == 303
    assert [comment.body for comment in stored()] == ["My words"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Write something first."),
        (" \r\n\t ", "Write something first."),
        # Zero-width space, right-to-left mark, soft hyphen: nothing that leaves ink.
        ("\u200b\u200f\u00ad", "Write something first."),
        # A comment of HTML, a rule.
        ("<!-- hidden -->", None),
        ("---", "Write something first."),
        ("x" * (BODY_CHARACTERS + 1), f"at most {BODY_CHARACTERS} characters"),
        ("x" * (6 * BODY_CHARACTERS), f"at most {BODY_CHARACTERS} characters"),
        ("NUL \0 inside", "cannot be stored"),
    ],
)
def test_a_text_that_cannot_be_accepted_is_shown_again_with_the_reason(cast, sign_in, stored, body, message):
    post = PostFactory()
    response = send(sign_in(cast.rhea), post, body=body)
    if message is None:
        # Markdown of comments has no HTML: it is text, and shown as such.
        assert response.status_code == 303
        return
    assert response.status_code == 422
    assert message in document(response).error_of("body")
    assert document(response).value_of("body").strip() == body.replace("\0", "").replace("\r\n", "\n").strip()
    assert stored() == []


def test_megabytes_are_refused_before_they_are_read(cast, sign_in, stored):
    response = send(sign_in(cast.rhea), PostFactory(), body="x" * 1_000_000)
    assert response.status_code == 413
    assert "too large" in document(response).text("//main").lower()
    assert stored() == []


def test_a_lone_surrogate_is_refused(cast, sign_in, stored):
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    token = token_of(rhea)
    response = rhea.post(
        f"{address(post)}/comment",
        data=f"csrf_token={token}&body=a%ED%A0%80b",
        content_type="application/x-www-form-urlencoded",
    )
    # Werkzeug decodes it to replacement characters, which can be stored.
    assert response.status_code in {303, 422}
    assert all("\ud800" not in comment.body for comment in stored())


def test_a_long_text_is_accepted_up_to_the_limit_with_browser_line_ends(cast, sign_in, stored):
    post = PostFactory()
    body = "x\r\n" * (BODY_CHARACTERS // 2 - 1) + "xx"
    assert send(sign_in(cast.rhea), post, body=body).status_code == 303
    assert len(stored()[0].body) == BODY_CHARACTERS


def test_closed_comments_stay_readable_and_refuse_new_ones(cast, sign_in, client, stored):
    post = PostFactory(comments_open=False)
    CommentFactory(post=post, body="Said before")
    page = client.read(address(post))
    assert "Said before" in page.text("//main")
    assert "Comments on this post are closed." in page.text("//main")
    rhea = sign_in(cast.rhea)
    assert rhea.read(address(post)).value_of("body") is None
    response = send(rhea, post, body="Too late")
    assert response.status_code == 409
    assert document(response).value_of("body") == "Too late"
    assert "takes no comments" in document(response).text("//*[@role='alert']")
    assert len(stored()) == 1


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
@pytest.mark.parametrize(("name", "answer"), [("rhea", 404), ("mona", 404), ("walt", 409), ("edith", 409)])
def test_what_is_not_public_takes_no_comments(cast, sign_in, stored, status, name, answer):
    post = DraftFactory(author=cast.walt, status=status)
    assert send(sign_in(getattr(cast, name)), post, body="Words").status_code == answer
    assert stored() == []


@pytest.mark.parametrize("name", ["rhea", "mona", "walt", "edith", "ada"])
def test_what_is_in_the_trash_takes_no_comments(cast, sign_in, stored, name):
    post = DraftFactory(author=cast.walt, status=Status.TRASHED)
    assert send(sign_in(getattr(cast, name)), post, body="Words").status_code == 404
    assert stored() == []


def test_a_scheduled_post_takes_no_comments(cast, sign_in, stored):
    post = PostFactory(author=cast.walt, published_at=clock.now() + timedelta(days=1))
    assert send(sign_in(cast.rhea), post, body="Words").status_code == 404
    assert send(sign_in(cast.walt), post, body="Words").status_code == 409
    assert stored() == []


@pytest.mark.parametrize("slug", ["unknown", "x" * 5_000, "%00", "%ED%A0%80"])
def test_a_post_that_does_not_exist_takes_no_comments(cast, sign_in, slug):
    rhea = sign_in(cast.rhea)
    token = token_of(rhea)
    response = rhea.post(f"/blog/post/{slug}/comment", data={"csrf_token": token, "body": "Words"})
    assert response.status_code in {400, 404}


def test_a_comment_sent_to_a_former_address_of_the_post_goes_in(cast, sign_in, stored):
    post = PostFactory(author=cast.walt, title="Old name")
    rhea = sign_in(cast.rhea)
    form = rhea.read(address(post)).form({"body": ""})
    sign_in(cast.walt).fill_in(f"/blog/edit/{post.id}", slug="new-name", button="save")
    response = rhea.post(form.action, data=form.filled({"body": "Words"}, None))
    assert response.location == f"/blog/post/new-name#comment-{stored()[0].id}"


def test_another_site_cannot_send_a_comment(cast, sign_in, stored):
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    token = token_of(rhea)
    response = rhea.post(
        f"{address(post)}/comment",
        data={"body": "Words", "csrf_token": token},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 400
    assert stored() == []


# Who waits under which policy: somebody new, and somebody of whom a comment was approved before.
@pytest.mark.parametrize(
    ("policy", "newcomer", "known"),
    [("everybody", "approved", "approved"), ("first", "pending", "approved"), ("all", "pending", "pending")],
)
def test_the_policy_says_who_waits(cast, sign_in, set_policy, stored, count_of, policy, newcomer, known):
    set_policy(policy)
    post = PostFactory()
    CommentFactory(author=cast.colin)
    # What was marked as spam opens no door.
    CommentFactory(author=cast.rhea, status=CommentStatus.SPAM)
    sign_in(cast.rhea).fill_in(address(post), body="From a newcomer")
    sign_in(cast.colin).fill_in(address(post), body="From somebody known")
    assert [comment.status for comment in stored()[2:]] == [newcomer, known]
    assert count_of(post) == [newcomer, known].count("approved")


@pytest.mark.parametrize("name", ["ada", "edith", "mona", "walt", "colin"])
def test_those_who_moderate_or_wrote_the_post_never_wait(cast, sign_in, set_policy, stored, name):
    set_policy("all")
    post = PostFactory(author=cast.walt, bylines=[cast.walt, cast.colin])
    sign_in(getattr(cast, name)).fill_in(address(post), body="Words")
    assert [comment.status for comment in stored()] == ["approved"]


def test_an_author_waits_below_the_posts_of_others(cast, sign_in, set_policy, stored):
    set_policy("all")
    sign_in(cast.walt).fill_in(address(PostFactory(author=cast.edith)), body="Words")
    assert [comment.status for comment in stored()] == ["pending"]


def test_an_approval_opens_the_door_for_the_next_comments(cast, sign_in, stored):
    post = PostFactory()
    rhea, mona = sign_in(cast.rhea), sign_in(cast.mona)
    rhea.fill_in(address(post), body="First")
    rhea.fill_in(address(post), body="Second")
    assert [comment.status for comment in stored()] == ["pending", "pending"]
    decide(mona, stored()[0].id, "approve")
    rhea.fill_in(address(post), body="Third")
    assert [comment.status for comment in stored()] == ["approved", "pending", "approved"]


def test_parallel_comments_are_all_counted(cast, sign_in, set_policy, in_parallel, stored, count_of):
    set_policy("everybody")
    post = PostFactory()
    visitors = [sign_in(getattr(cast, name)) for name in COMMENTER]
    tokens = [token_of(visitor) for visitor in visitors]

    def sender(visitor, token):
        def run():
            for number in range(5):
                response = visitor.post(
                    f"{address(post)}/comment", data={"body": f"No. {number}", "csrf_token": token}
                )
                assert response.status_code == 303

        return run

    assert in_parallel(*map(sender, visitors, tokens)) == []
    assert len(stored()) == count_of(post) == 5 * len(COMMENTER)


@pytest.mark.parametrize("policy", ["everybody", "all"])
def test_a_comment_sent_three_times_is_one(cast, sign_in, client, set_policy, stored, count_of, policy):
    set_policy(policy)
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    answers = [rhea.fill_in(address(post), body="I was there.\r\n") for _ in range(3)]
    (comment,) = stored()
    assert {answer.location for answer in answers} == {f"{address(post)}#comment-{comment.id}"}
    assert count_of(post) == (1 if policy == "everybody" else 0)


def test_the_same_words_elsewhere_or_of_somebody_else_are_comments_of_their_own(
    cast, sign_in, set_policy, stored
):
    set_policy("everybody")
    post, other = PostFactory(), PostFactory()
    rhea = sign_in(cast.rhea)
    first = CommentFactory(post=post)
    for path in (address(post), f"{address(post)}?reply_to={first.id}", address(other)):
        assert rhea.fill_in(path, body="Thanks!").status_code == 303
    assert sign_in(cast.walt).fill_in(address(post), body="Thanks!").status_code == 303
    assert len([comment for comment in stored() if comment.body == "Thanks!"]) == 4


def test_what_was_deleted_can_be_said_again(cast, sign_in, set_policy, stored):
    set_policy("everybody")
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    rhea.fill_in(address(post), body="I was there.")
    (comment,) = stored()
    rhea.press(f"/blog/comment/{comment.id}/delete", action="")
    rhea.fill_in(address(post), body="I was there.")
    assert [row.status for row in stored()] == [CommentStatus.DELETED, CommentStatus.APPROVED]


def test_a_double_click_makes_one_comment(cast, sign_in, set_policy, stored, in_parallel):
    set_policy("everybody")
    post = PostFactory()
    rhea = sign_in(cast.rhea)
    form = rhea.read(address(post)).form({"body": ""}).filled({"body": "I was there."}, None)
    name = rhea.application.config["SESSION_COOKIE_NAME"]
    cookie = rhea.get_cookie(name)
    assert cookie is not None

    def send_it():
        visitor = type(rhea)(rhea.application, rhea.response_wrapper)
        visitor.set_cookie(name, cookie.value)
        assert visitor.post(f"{address(post)}/comment", data=form).status_code == 303

    assert in_parallel(send_it, times=4) == []
    assert len(stored()) == 1


def test_a_line_break_in_a_comment_is_seen(cast, sign_in, client, set_policy):
    set_policy("everybody")
    post = PostFactory()
    sign_in(cast.rhea).fill_in(address(post), body="One line,\r\nanother line.\r\n\r\nA paragraph.")
    page = client.read(address(post))
    assert len(page.all("//*[@class='comment-text']/p[1]/br")) == 1
    assert len(page.all("//*[@class='comment-text']/p")) == 2
