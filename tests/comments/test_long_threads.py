"""A long thread has pages; what stands on which, and how one gets there."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from masthead.comments.models import Comment, CommentStatus
from masthead.comments.thread import ROOTS_PER_PAGE
from masthead.db import db
from masthead.posts.models import Post
from tests.factories import CommentFactory, PostFactory
from tests.support.discussions import address, decide
from tests.support.visitors import document


@pytest.fixture
def many(app, cast):
    """Store so many comments on a post in one transaction; their ids."""

    def store(post, count, status=CommentStatus.APPROVED):
        with app.app_context():
            values = {"post_id": post.id, "author_id": cast.colin.id, "html": "<p>Yes.</p>", "status": status}
            began = datetime(2026, 4 if status is CommentStatus.PENDING else 3, 1, tzinfo=UTC)
            comments = [
                Comment(body=f"Yes {number}.", created_at=began + timedelta(minutes=number), **values)
                for number in range(count)
            ]
            db.session.add_all(comments)
            if status is CommentStatus.APPROVED:
                more = Post.comment_count + count
                db.session.execute(update(Post).where(Post.id == post.id).values(comment_count=more))
            db.session.commit()
            return [comment.id for comment in comments]

    return store


@pytest.fixture
def long_thread(cast, many):
    """A post with 103 comments on it, and an answer to the first and to the last of them."""
    post = PostFactory(author=cast.walt, slug="ferry")
    roots = many(post, ROOTS_PER_PAGE + 3)
    return post, roots, [answer_to(post, root, cast.mona).id for root in (roots[0], roots[-1])]


def answer_to(post, comment_id, author):
    return CommentFactory(post=post, parent=Comment(id=comment_id, depth=0), author=author)


def shown(page):
    return [int(name.removeprefix("comment-")) for name in page.all("//article[@class='comment']/@id")]


def test_pages_hold_a_hundred_comments_each_with_their_answers(client, long_thread):
    post, roots, answers = long_thread
    first, second = client.read(address(post)), client.read(f"{address(post)}?comments=2")
    assert shown(first) == [roots[0], answers[0], *roots[1:ROOTS_PER_PAGE]]
    assert shown(second) == [*roots[ROOTS_PER_PAGE:], answers[1]]
    assert f"{address(post)}?comments=2#comments" in first.links
    assert f"{address(post)}#comments" in second.links
    assert "105 comments" in first.texts("//h2")


def test_each_page_names_its_own_address(client, long_thread):
    post, *_ = long_thread
    here = "http://localhost" + address(post)
    for query, expected in (("", here), ("?comments=1", here), ("?comments=2", f"{here}?comments=2")):
        page = client.read(address(post) + query)
        assert page.all("//link[@rel='canonical']/@href") == [expected]
    assert "page 2 of the comments" in client.read(f"{address(post)}?comments=2").title


@pytest.mark.parametrize("number", ["3", "0", "-1", "x", "", "2.0"])
def test_page_that_is_none_answers_404(client, long_thread, number):
    post, *_ = long_thread
    assert client.get(f"{address(post)}?comments={number}").status_code == 404


def test_page_that_was_missing_appears_with_the_comment_that_begins_it(
    client, cast, sign_in, set_policy, many
):
    set_policy("everybody")
    post = PostFactory()
    many(post, ROOTS_PER_PAGE)
    assert client.get(f"{address(post)}?comments=2").status_code == 404
    sign_in(cast.rhea).fill_in(address(post), body="The first of the second page.")
    assert "The first of the second page." in client.get(f"{address(post)}?comments=2").text


def follow(visitor, location):
    """The page that a link leads to, and the fragment that a browser arrives with."""
    parts = urlsplit(location)
    answer = visitor.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302
    target = urlsplit(answer.location)
    assert target.fragment == parts.fragment
    return document(visitor.get(f"{target.path}?{target.query}")), target


def test_permalinks_lead_to_the_page_with_the_comment(client, cast, sign_in, long_thread):
    post, roots, answers = long_thread
    for visitor in (client, sign_in(cast.rhea), sign_in(cast.mona), sign_in(cast.colin)):
        for comment, query in (
            (roots[0], ""),
            (answers[0], ""),
            (roots[-1], "comments=2"),
            (answers[1], "comments=2"),
        ):
            page, target = follow(visitor, f"{address(post)}?comment={comment}#comment-{comment}")
            assert (comment in shown(page), target.query) == (True, query)


def test_api_and_feeds_give_permalinks_of_long_threads(client, long_thread):
    post, roots, _ = long_thread
    expected = f"{address(post)}?comment={roots[-1]}#comment-{roots[-1]}"
    assert client.get(f"/api/v1/comments/{roots[-1]}").json["url"].endswith(expected)
    assert expected in client.get(f"{address(post)}/feed.json").text


def test_permalink_of_what_is_gone_leads_to_the_discussion(client, cast, long_thread):
    post, *_ = long_thread
    spam = CommentFactory(post=post, author=cast.colin, status=CommentStatus.SPAM)
    for wanted in (spam.id, 999_999, "x"):
        answer = client.get(f"{address(post)}?comment={wanted}")
        assert (answer.status_code, answer.location) == (302, f"{address(post)}#comments")


def test_a_new_comment_is_shown_on_the_last_page(cast, sign_in, set_policy, long_thread):
    set_policy("everybody")
    post, *_ = long_thread
    rhea = sign_in(cast.rhea)
    sent = rhea.fill_in(address(post), body="And another.")
    page, target = follow(rhea, sent.location)
    assert ("And another." in page.text("//main"), target.query) == (True, "comments=2")


def test_an_answer_is_written_on_the_page_of_what_it_answers(cast, sign_in, long_thread):
    post, roots, _ = long_thread
    rhea = sign_in(cast.rhea)
    page = rhea.read(f"{address(post)}?comments=2")
    link = f"{address(post)}?reply_to={roots[-1]}"
    assert f"{link}#respond" in page.links
    assert roots[-1] in shown(rhea.read(link))
    assert "Reply to" in rhea.read(link).text("//*[@id='respond']")


def test_moderators_find_what_waits_on_a_page_of_their_own(client, cast, sign_in, long_thread, many):
    post, *_ = long_thread
    waiting = many(post, ROOTS_PER_PAGE, CommentStatus.PENDING)
    mona = sign_in(cast.mona)
    page, target = follow(mona, f"{address(post)}?comment={waiting[-1]}#comment-{waiting[-1]}")
    assert (waiting[-1] in shown(page), target.query) == (True, "comments=3")
    assert client.get(f"{address(post)}?comments=3").status_code == 404
    links = mona.read("/admin/comments").links
    assert f"{address(post)}?comment={waiting[0]}#comment-{waiting[0]}" in links


def test_what_waits_below_a_short_thread_is_found_too(cast, sign_in, many):
    post = PostFactory()
    waiting = many(post, ROOTS_PER_PAGE + 1, CommentStatus.PENDING)
    mona = sign_in(cast.mona)
    assert f"{address(post)}?comment={waiting[0]}#comment-{waiting[0]}" in mona.read("/admin/comments").links
    page, target = follow(mona, f"{address(post)}?comment={waiting[-1]}#comment-{waiting[-1]}")
    assert (waiting[-1] in shown(page), target.query) == (True, "comments=2")


def test_removed_comments_without_answers_take_no_place(client, cast, sign_in, long_thread):
    post, roots, _ = long_thread
    mona = sign_in(cast.mona)
    for root in roots[1:4]:
        decide(mona, root, "delete")
    assert client.get(f"{address(post)}?comments=2").status_code == 404


@pytest.mark.parametrize("answers", [0, 30])
def test_a_long_thread_costs_one_question_more(cast, client, queries, long_thread, answers):
    post, roots, _ = long_thread
    for number in range(answers):
        answer_to(post, roots[number], cast.mona)
    client.get("/")
    # Settings; the post with bylines; its tags; the order of the thread; the comments of the page; previous, next, related.
    with queries.exactly(6):
        assert client.get(address(post)).status_code == 200
