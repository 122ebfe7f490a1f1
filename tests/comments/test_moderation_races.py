"""Decisions that several people take at the same moment."""

from masthead import clock
from masthead.comments import actions
from masthead.comments import queries as reading
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import CommentStatus
from masthead.db import db
from tests.factories import CommentFactory, PostFactory
from tests.support.discussions import token_of

LIST = "/admin/comments"


def test_an_approval_by_many_at_once_counts_once(app, cast, in_parallel, stored, count_of):
    post = PostFactory()
    comments = [CommentFactory(post=post, status=CommentStatus.PENDING) for _ in range(3)]
    ids = [comment.id for comment in comments]
    taken = []

    def approve():
        with app.app_context():
            found = reading.many_for_moderation(ids, by=cast.mona)
            taken.extend(actions.take(CommentTransition.APPROVE, found, by=cast.mona, at=clock.now()))
            db.session.commit()

    assert in_parallel(approve, times=8) == []
    assert len(taken) == count_of(post) == 3


def test_contrary_decisions_at_once_keep_the_count_true(app, cast, in_parallel, stored, count_of):
    posts = [PostFactory(), PostFactory()]
    ids = [CommentFactory(post=posts[number % 2]).id for number in range(6)]

    def taking(step, chosen):
        def run():
            for _ in range(4):
                with app.app_context():
                    found = reading.many_for_moderation(chosen, by=cast.mona)
                    actions.take(step, found, by=cast.mona, at=clock.now())
                    db.session.commit()

        return run

    calls = [taking(step, chosen) for step in CommentTransition for chosen in (ids, ids[:4], ids[2:])]
    assert in_parallel(*calls) == []
    for post in posts:
        approved = [c for c in stored() if c.post_id == post.id and c.status == "approved"]
        assert count_of(post) == len(approved)


def test_decisions_through_the_site_at_once_count_once(cast, sign_in, in_parallel, stored, count_of):
    post = PostFactory()
    comments = [CommentFactory(post=post, status=CommentStatus.PENDING) for _ in range(4)]
    visitors = [sign_in(cast.mona), sign_in(cast.edith), sign_in(cast.ada)]
    tokens = [token_of(visitor) for visitor in visitors]

    def deciding(visitor, token):
        def run():
            for comment in comments:
                response = visitor.post(f"{LIST}/{comment.id}/approve", data={"csrf_token": token})
                assert response.status_code == 303

        return run

    assert in_parallel(*map(deciding, visitors, tokens)) == []
    assert [comment.status for comment in stored()] == ["approved"] * 4
    assert count_of(post) == 4
