"""Two people who change roles at the same moment."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from masthead.db import db
from masthead.people.models import Role, User
from tests.factories import UserFactory
from tests.support.people import Cast
from tests.support.visitors import Visitor

SignIn = Callable[..., Visitor]
ReadRole = Callable[[str], Role | None]
ROLES = "/admin/roles"


def test_nobody_overwrites_a_change_that_they_have_not_seen(
    ada: Visitor, cast: Cast, sign_in: SignIn, stored_role: ReadRole
) -> None:
    role = stored_role("author")
    assert role is not None
    form = ada.read(f"{ROLES}/{role.id}").form({"title": ""}).filled({"title": "Writer"}, None)
    other = sign_in(UserFactory(role="administrator"))
    assert other.fill_in(f"{ROLES}/{role.id}", title="Scribe").status_code == 303
    answer = ada.post(f"{ROLES}/{role.id}", data=form)
    assert answer.status_code == 409
    assert "Somebody else changed this role" in answer.text
    assert 'value="Writer"' in answer.text
    after = stored_role("author")
    assert after is not None
    assert after.title == "Scribe"


def test_two_who_make_the_same_role_at_once_get_one(
    ada: Visitor, sign_in: SignIn, cast: Cast, in_parallel: Callable[..., list[Exception]], app: Flask
) -> None:
    others = [ada, sign_in(UserFactory(role="administrator")), sign_in(UserFactory(role="administrator"))]
    tokens = [visitor.form_token() for visitor in others]
    statuses = []

    def make(visitor: Visitor, token: str) -> None:
        data = {"title": "Guest", "rank": "5", "csrf_token": token}
        statuses.append(visitor.post(f"{ROLES}/create", data=data).status_code)

    pairs = zip(others, tokens, strict=True)
    assert not in_parallel(*(lambda pair=pair: make(*pair) for pair in pairs))
    assert sorted(statuses) == [303, 422, 422]
    with app.app_context():
        assert len(db.session.scalars(select(Role).where(Role.title == "Guest")).all()) == 1


def test_changing_deleting_and_giving_a_role_at_once_never_breaks(
    ada: Visitor,
    cast: Cast,
    sign_in: SignIn,
    make_role: Callable[..., Role],
    in_parallel: Callable[..., list[Exception]],
    app: Flask,
) -> None:
    role = make_role("guest", ["comments.write"])
    UserFactory(role="guest")
    visitors = [ada, *(sign_in(UserFactory(role="administrator")) for _ in range(3))]
    tokens = [visitor.form_token() for visitor in visitors]
    change = {"title": "Friend", "rank": "5", "version": role.version}
    deeds = [
        (f"{ROLES}/{role.id}/delete", {"heir": "reader"}),
        (f"{ROLES}/{role.id}/delete", {"heir": "author"}),
        (f"{ROLES}/{role.id}", change),
        (f"/admin/users/{cast.rhea.id}/role", {"role": "guest"}),
    ]
    statuses = []

    def do(visitor: Visitor, token: str, path: str, data: dict[str, str]) -> None:
        statuses.append((path, visitor.post(path, data={**data, "csrf_token": token}).status_code))

    calls = zip(visitors, tokens, deeds, strict=True)
    raised = in_parallel(*(lambda v=visitor, t=token, d=deed: do(v, t, *d) for visitor, token, deed in calls))
    assert not raised
    assert all(status in (303, 404, 409, 422) for _, status in statuses), statuses
    assert [status for path, status in statuses if path.endswith("/delete")].count(303) == 1
    with app.app_context():
        roles = set(db.session.scalars(select(Role.id)))
        assert role.id not in roles
        assert set(db.session.scalars(select(User.role_id))) <= roles
