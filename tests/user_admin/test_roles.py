"""Roles in the administration, through HTTP: making, changing and deleting them, and what nobody may do."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.errors import Conflict, NotAllowed
from masthead.login.models import AccountToken
from masthead.people import queries as accounts
from masthead.people.models import Role, User
from masthead.people.permissions import Permission
from masthead.user_admin import role_actions
from masthead.user_admin.role_actions import RoleDraft
from tests.factories import PostFactory, UserFactory
from tests.support.people import Cast
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
ReadRole = Callable[[str], Role | None]
ROLES = "/admin/roles"
WRITING = ["comments.write", "posts.write"]


def last_event(app: Flask, action: str) -> AuditEvent | None:
    with app.app_context():
        wanted = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc())
        return db.session.scalars(wanted.limit(1)).first()


def test_a_role_of_ones_own_can_be_made_and_given(
    app: Flask, ada: Visitor, cast: Cast, sign_in: SignIn, stored_role: ReadRole
) -> None:
    typed = {"title": "Guest Author", "rank": "25", "permissions": WRITING}
    answer = ada.fill_in(f"{ROLES}/create", typed)
    assert answer.status_code == 303
    assert "Guest Author" in ada.get(answer.location).text
    role = stored_role("guest-author")
    assert role is not None
    assert (role.title, role.rank, role.permissions) == ("Guest Author", 25, WRITING)
    assert (
        ada.fill_in(
            "/admin/users", role="guest-author", action=f"/admin/users/{cast.rhea.id}/role"
        ).status_code
        == 303
    )
    assert sign_in(cast.rhea).get("/blog/create").status_code == 200
    event = last_event(app, "role.created")
    assert event is not None
    assert (event.actor_name, event.subject) == ("ada", "guest-author")
    assert event.details["permissions"] == "comments.write, posts.write"
    assert event.address
    assert event.request_id


def test_changed_rights_count_in_open_sessions(
    app: Flask, ada: Visitor, cast: Cast, sign_in: SignIn, stored_role: ReadRole
) -> None:
    mona = sign_in(cast.mona)
    moderator = stored_role("moderator")
    assert moderator is not None
    answer = ada.fill_in(f"{ROLES}/{moderator.id}", permissions=["comments.write"])
    assert answer.status_code == 303
    assert mona.get("/admin/comments").status_code == 403
    assert mona.get("/dashboard").status_code == 200
    event = last_event(app, "role.edited")
    assert event is not None
    assert event.details == {
        "permissions": {"before": "comments.write, comments.moderate", "after": "comments.write"}
    }


def test_another_title_signs_nobody_out(
    ada: Visitor, cast: Cast, sign_in: SignIn, stored_role: ReadRole
) -> None:
    mona = sign_in(cast.mona)
    moderator = stored_role("moderator")
    assert moderator is not None
    assert ada.fill_in(f"{ROLES}/{moderator.id}", title="Warden").status_code == 303
    assert mona.get("/admin/comments").status_code == 200
    assert "Warden" in ada.get("/admin/users").text


def test_a_role_asks_for_a_second_factor_at_the_next_click(
    ada: Visitor, cast: Cast, sign_in: SignIn, stored_role: ReadRole
) -> None:
    walt = sign_in(cast.walt)
    author = stored_role("author")
    assert author is not None
    ada.fill_in(f"{ROLES}/{author.id}", requires_second_factor=True)
    assert walt.get("/dashboard").location == "/auth/security"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "Give the role a title."),
        ({"title": "x" * 81}, "at most 80 characters"),
        ({"title": "EDITOR"}, "There is a role with this title"),
        ({"rank": "100"}, "A level is a number from 1 to 99"),
        ({"rank": "0"}, "A level is a number from 1 to 99"),
        ({"rank": "-5"}, "A level is a number from 1 to 99"),
        ({"rank": "high"}, "Not a valid integer"),
    ],
)
def test_mistakes_are_shown_and_what_was_typed_is_kept(
    app: Flask, ada: Visitor, typed: dict[str, str], sentence: str
) -> None:
    answer = ada.fill_in(
        f"{ROLES}/create", {"title": "Guest", "rank": "25", "permissions": ["posts.write"]} | typed
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert document(answer).all("//input[@name='permissions'][@checked]/@value") == ["posts.write"]
    with app.app_context():
        assert len(db.session.scalars(select(Role.id)).all()) == 6


@pytest.mark.parametrize("permission", ["everything", "posts.write\x00", "users.manage "])
def test_an_unknown_right_is_refused(ada: Visitor, permission: str) -> None:
    data = {"title": "Odd", "rank": "5", "permissions": permission, "csrf_token": ada.form_token()}
    assert ada.post(f"{ROLES}/create", data=data).status_code == 422


def test_administrators_keep_their_rights_and_the_highest_rank(ada: Visitor, stored_role: ReadRole) -> None:
    role = stored_role("administrator")
    assert role is not None
    page = ada.read(f"{ROLES}/{role.id}")
    assert not page.all("//input[@name='permissions']")
    assert not page.all("//input[@name='rank']")
    data = {
        "title": "Chief",
        "rank": "1",
        "permissions": "comments.write",
        "version": role.version,
        "csrf_token": ada.form_token(),
    }
    assert ada.post(f"{ROLES}/{role.id}", data=data).status_code == 303
    after = stored_role("administrator")
    assert after is not None
    assert (after.title, after.rank, after.permissions) == ("Chief", 100, role.permissions)


def test_readers_never_get_rights_over_people(ada: Visitor, stored_role: ReadRole) -> None:
    role = stored_role("reader")
    assert role is not None
    answer = ada.fill_in(f"{ROLES}/{role.id}", permissions=["comments.write", "users.manage"])
    assert answer.status_code == 422
    assert "Everybody who registers is a reader" in answer.text


@pytest.mark.parametrize("name", ["reader", "author", "editor", "administrator"])
def test_built_in_roles_cannot_be_deleted(ada: Visitor, stored_role: ReadRole, name: str) -> None:
    role = stored_role(name)
    assert role is not None
    assert f"{ROLES}/{role.id}/delete" not in ada.read(f"{ROLES}/{role.id}").links
    answer = ada.post(f"{ROLES}/{role.id}/delete", data={"csrf_token": ada.form_token(), "heir": "reader"})
    assert answer.status_code == 403
    assert stored_role(name) is not None


def test_an_unused_role_is_deleted_without_a_question(
    ada: Visitor, make_role: Callable[..., Role], stored_role: ReadRole
) -> None:
    role = make_role("guest")
    assert not ada.read(f"{ROLES}/{role.id}/delete").all("//select[@name='heir']")
    assert ada.fill_in(f"{ROLES}/{role.id}/delete", action="").status_code == 303
    assert stored_role("guest") is None


def test_people_and_invitations_of_a_deleted_role_get_another_one(
    app: Flask, ada: Visitor, make_role: Callable[..., Role], sign_in: SignIn
) -> None:
    role = make_role("guest", WRITING)
    gina = UserFactory(role="guest")
    open_session = sign_in(gina)
    ada.fill_in("/admin/users/invite", email="nina@example.org", role="guest")
    assert ada.fill_in(f"{ROLES}/{role.id}/delete", heir="reader").status_code == 303
    with app.app_context():
        reader = db.session.scalar(select(Role.id).where(Role.name == "reader"))
        assert db.session.scalar(select(User.role_id).where(User.id == gina.id)) == reader
        tokens = select(AccountToken.role_id).where(AccountToken.purpose == "invite")
        assert set(db.session.scalars(tokens)) == {reader}
    assert open_session.get("/blog/create").status_code == 403
    deleted, moved = last_event(app, "role.deleted"), last_event(app, "role.changed")
    assert deleted is not None
    assert deleted.details["people"] == 1
    assert moved is not None
    assert (moved.subject, moved.details) == (gina.username, {"before": "guest", "after": "reader"})


def test_a_role_that_somebody_has_is_not_deleted_without_another_one(
    ada: Visitor, make_role: Callable[..., Role], stored_role: ReadRole
) -> None:
    role = make_role("guest")
    token = ada.form_token()
    UserFactory(role="guest")
    for heir in ("", "guest", "king"):
        answer = ada.post(f"{ROLES}/{role.id}/delete", data={"csrf_token": token, "heir": heir})
        assert answer.status_code == 422
    assert stored_role("guest") is not None


@pytest.fixture
def rita(make_role: Callable[..., Role], sign_in: SignIn) -> Visitor:
    """Somebody who may change roles, with a rank of 45 and few other rights."""
    make_role("warden", ["comments.write", "posts.write", "roles.manage", "users.manage"], rank=45)
    return sign_in(UserFactory(role="warden"))


def test_nobody_gives_a_role_more_rights_than_they_have(rita: Visitor) -> None:
    offered = rita.read(f"{ROLES}/create").all("//input[@name='permissions']/@value")
    assert set(offered) == {"comments.write", "posts.write", "roles.manage", "users.manage"}
    data = {"title": "Spy", "rank": "5", "permissions": "audit.read", "csrf_token": rita.form_token()}
    assert rita.post(f"{ROLES}/create", data=data).status_code == 422


@pytest.mark.usefixtures("rita")
def test_rights_are_checked_where_roles_are_made_too(app: Flask) -> None:
    """The form offers none that one lacks; whoever calls the action from elsewhere is refused there."""
    with app.app_context():
        warden = db.session.scalars(accounts.users().where(Role.name == "warden").join(User.role)).one()
        reader = accounts.role("reader")
        spy = RoleDraft("Spy", 5, frozenset({Permission.READ_AUDIT}))
        with pytest.raises(NotAllowed):
            role_actions.create(spy, by=warden)
        with pytest.raises(NotAllowed):
            role_actions.revise(reader, spy, by=warden)
        with pytest.raises(NotAllowed):
            role_actions.revise(accounts.role("editor"), spy, by=warden)
        with pytest.raises(Conflict):
            role_actions.delete(reader, by=warden, heir=None)
        db.session.rollback()


def test_nobody_makes_a_role_of_their_own_rank(rita: Visitor) -> None:
    answer = rita.fill_in(f"{ROLES}/create", {"title": "Twin", "rank": "45"})
    assert answer.status_code == 422
    assert "from 1 to 44" in answer.text


@pytest.mark.parametrize("name", ["author", "editor", "warden", "administrator"])
def test_roles_with_more_rights_or_an_equal_rank_stay(
    rita: Visitor, stored_role: ReadRole, name: str
) -> None:
    role = stored_role(name)
    assert role is not None
    assert f"{ROLES}/{role.id}" not in rita.read(ROLES).links
    for path in (f"{ROLES}/{role.id}", f"{ROLES}/{role.id}/delete"):
        assert rita.get(path).status_code == 403
        data = {"csrf_token": rita.form_token(), "title": "Taken", "rank": "1", "version": role.version}
        assert rita.post(path, data=data).status_code == 403
    after = stored_role(name)
    assert after is not None
    assert after.title == role.title


def test_a_lower_role_can_be_changed(rita: Visitor, stored_role: ReadRole) -> None:
    role = stored_role("reader")
    assert role is not None
    assert rita.fill_in(f"{ROLES}/{role.id}", title="Subscriber").status_code == 303


def test_a_role_is_not_deleted_without_a_form_of_ours(
    ada: Visitor, make_role: Callable[..., Role], stored_role: ReadRole
) -> None:
    role = make_role("guest")
    assert ada.post(f"{ROLES}/{role.id}/delete").status_code == 422
    assert ada.get(f"{ROLES}/{role.id}/delete").status_code == 200
    assert stored_role("guest") is not None


@pytest.mark.parametrize("name", ["edith", "mona", "walt", "rhea"])
def test_roles_are_closed_to_those_without_the_right(sign_in: SignIn, cast: Cast, name: str) -> None:
    visitor = sign_in(getattr(cast, name))
    for path in (ROLES, f"{ROLES}/create", f"{ROLES}/1"):
        assert visitor.get(path).status_code == 403


def test_a_role_that_does_not_exist_is_not_found(ada: Visitor) -> None:
    assert ada.get(f"{ROLES}/99999").status_code == 404
    assert ada.post(f"{ROLES}/99999/delete", data={"csrf_token": ada.form_token()}).status_code == 404


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_costs_the_same_with_more_rows(
    ada: Visitor, make_role: Callable[..., Role], queries: Any, rows: int
) -> None:
    PostFactory()
    for number in range(rows):
        make_role(f"role-{number}")
    # Who is signed in, the roles, how many people have each, the settings.
    with queries.exactly(4):
        ada.get(ROLES)
