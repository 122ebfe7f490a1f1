"""Who is credited: guests, user names, and who may change it."""

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.people.models import User
from tests.factories import PostFactory
from tests.posts.conftest import snapshot_of


@pytest.mark.parametrize("name", ["walt", "WALT", "@walt"])
def test_a_user_name_is_known_however_it_is_written(app, sign_in, cast, name):
    post = PostFactory(author=cast.edith)
    sign_in(cast.edith).fill_in(f"/blog/edit/{post.id}", authors=f"edith, {name}", button="save")
    assert snapshot_of(app, post)["authors"] == ["edith", "walt"]


def test_a_guest_is_made_once_and_a_single_name_needs_quotation_marks(app, sign_in, cast):
    posts = PostFactory.create_batch(2, author=cast.edith)
    edith = sign_in(cast.edith)
    for post in posts:
        edith.fill_in(f"/blog/edit/{post.id}", authors='Jane Guest, "Prince"', button="save")
    with app.app_context():
        guests = db.session.scalars(select(User).where(User.is_byline)).all()
    assert {user.name for user in guests} == {"Jane Guest", "Prince"}
    assert [snapshot_of(app, post)["authors"] for post in posts] == [["jane-guest", "prince"]] * 2


@pytest.mark.parametrize(
    ("present", "wanted", "status"),
    [
        # Among those who are credited, before and after.
        (["walt"], "walt, edith", 303),
        (["edith", "walt"], "walt, edith", 303),
        # To others alone.
        (["walt"], "edith", 422),
        # Of a post that does not credit them.
        (["edith"], "walt", 422),
        (["edith"], "edith, walt", 422),
        (["edith"], "Jane Guest", 422),
        # Nothing has changed.
        (["edith"], "edith", 303),
    ],
)
def test_who_may_credit_whom(app, walt, cast, present, wanted, status):
    people = {"walt": cast.walt, "edith": cast.edith}
    post = PostFactory(author=cast.walt, bylines=[people[name] for name in present])
    response = walt.fill_in(f"/blog/edit/{post.id}", authors=wanted, button="save")
    assert response.status_code == status
    after = wanted.split(", ") if status == 303 else present
    assert snapshot_of(app, post)["authors"] == after
    with app.app_context():
        assert db.session.scalar(select(User).where(User.is_byline)) is None
