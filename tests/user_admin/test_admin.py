import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.people.models import Role, User
from tests.factories import UserFactory
from tests.support.factors import set_up_app
from tests.support.visitors import document

PATH = "/admin/users"


@pytest.fixture
def stored(app):
    """Read an account; its role's name and whether it is active."""

    def read(user):
        with app.app_context():
            row = db.session.execute(
                select(Role.name, User.is_active)
                .join(User, User.role_id == Role.id)
                .where(User.id == user.id)
            ).one()
            return tuple(row)

    return read


def change(visitor, user, what, **typed):
    """Press the button in the person's row; the page that follows."""
    response = visitor.fill_in(PATH, typed, action=f"{PATH}/{user.id}/{what}")
    assert response.status_code == 302 or response.status_code == 303
    return visitor.get(response.location, follow_redirects=True)


def test_a_changed_role_takes_effect_at_once(ada, sign_in, cast, stored):
    walt = sign_in(cast.walt)
    page = change(ada, cast.walt, "role", role="editor")
    assert "Walt has the role Editor now" in page.text
    assert stored(cast.walt) == ("editor", True)
    assert walt.get("/admin/comments").status_code == 200


def test_disable_and_enable(ada, sign_in, client, cast, stored):
    walt = sign_in(cast.walt)
    change(ada, cast.walt, "disable")
    assert stored(cast.walt) == ("author", False)
    assert walt.get("/dashboard").status_code == 302
    change(ada, cast.walt, "enable")
    assert sign_in(cast.walt).get("/dashboard").status_code == 200


def test_the_last_administrator_stays(ada, cast, stored):
    for what, typed in (("role", {"role": "editor"}), ("disable", {})):
        page = change(ada, cast.ada, what, **typed)
        assert (
            "This is the last active administrator. Make somebody else an administrator first." in page.text
        )
    assert stored(cast.ada) == ("administrator", True)


def test_nobody_changes_an_equal_role(ada, cast, stored):
    other = UserFactory(role="administrator")
    assert not [form for form in ada.read(PATH).forms if form.action.startswith(f"{PATH}/{other.id}/")]
    token = ada.read(PATH).all("//input[@name='csrf_token']/@value")[0]
    for what in ("role", "disable", "enable"):
        response = ada.post(f"{PATH}/{other.id}/{what}", data={"csrf_token": token, "role": "reader"})
        assert response.status_code == 403
    assert stored(other) == ("administrator", True)


@pytest.mark.parametrize("what", ["role", "disable"])
def test_of_two_administrators_who_step_down_at_once_one_stays(sign_in, cast, in_parallel, app, what):
    other = UserFactory(role="administrator")
    visitors = [(sign_in(user), user) for user in (cast.ada, other)]
    forms = [
        (visitor, user, visitor.read(PATH).all("//input[@name='csrf_token']/@value")[0])
        for visitor, user in visitors
    ]

    def step_down(visitor, user, token):
        visitor.post(f"{PATH}/{user.id}/{what}", data={"csrf_token": token, "role": "reader"})

    raised = in_parallel(*(lambda form=form: step_down(*form) for form in forms))
    assert not raised
    with app.app_context():
        left = db.session.scalars(
            select(User.id)
            .join(Role, Role.id == User.role_id)
            .where(User.is_active, Role.name == "administrator")
        ).all()
    assert len(left) == 1


def test_two_administrators_cannot_demote_each_other(sign_in, cast, in_parallel, stored):
    other = UserFactory(role="administrator")
    pairs = [(sign_in(cast.ada), other), (sign_in(other), cast.ada)]
    forms = [
        (visitor, user, visitor.read(PATH).all("//input[@name='csrf_token']/@value")[0])
        for visitor, user in pairs
    ]
    statuses = []

    def demote(visitor, user, token):
        response = visitor.post(f"{PATH}/{user.id}/role", data={"csrf_token": token, "role": "reader"})
        statuses.append(response.status_code)

    assert not in_parallel(*(lambda form=form: demote(*form) for form in forms))
    assert statuses == [403, 403]
    assert stored(cast.ada) == stored(other) == ("administrator", True)


def test_a_role_with_rights_that_one_lacks_cannot_be_given(app, sign_in, cast, stored):
    with app.app_context():
        role = db.session.scalar(select(Role).where(Role.name == "moderator"))
        role.permissions = [*role.permissions, "users.manage"]
        db.session.commit()
    mona = sign_in(cast.mona)
    offered = mona.read(PATH).all(f"//form[@action='{PATH}/{cast.walt.id}/role']//option/@value")
    # Walt's own role is shown, but an author may write and a moderator may not.
    assert set(offered) == {"author", "reader", "moderator"}
    token = mona.read(PATH).all("//input[@name='csrf_token']/@value")[0]
    for role in ("administrator", "editor", "author"):
        response = mona.post(f"{PATH}/{cast.rhea.id}/role", data={"csrf_token": token, "role": role})
        assert response.status_code == 403
    assert stored(cast.rhea) == ("reader", True)


def test_everything_that_helps_somebody_is_reached_from_the_list(ada, cast, sign_in, new_client):
    walt = sign_in(cast.walt)
    set_up_app(walt)
    page = ada.read(PATH)
    assert "/admin/users/invite" in page.links
    row = "//tr[th[contains(., 'walt')]]"
    assert "Active, 2FA" in page.text(f"{row}/td[last()]")
    assert page.all(f"{row}//details//button/@aria-label") == [
        "Create password reset link for Walt",
        "Sign out everywhere: Walt",
        "Reset 2FA of Walt",
        "Disable the account of Walt",
    ]
    shown = document(ada.press(PATH, action=f"{PATH}/{cast.walt.id}/reset-link"))
    (link,) = shown.all("//input[@id='link']/@value")
    assert "/auth/reset/" in link
    assert new_client().get(link).status_code == 200
    assert "is signed out everywhere" in change(ada, cast.walt, "sign-out").text
    assert walt.get("/dashboard").status_code == 302
    assert "no longer has two-factor authentication" in change(ada, cast.walt, "reset-factor").text


def test_where_nobody_may_join_nobody_is_invited(make_app, sign_in, new_client, cast):
    ada = sign_in(new_client(make_app(REGISTRATION="closed")), cast.ada)
    assert "/admin/users/invite" not in ada.read(PATH).links


@pytest.mark.parametrize("wanted", ["walt", "WALT@EXAMPLE", "Ödön", "100%"])
def test_search_finds_by_name_user_name_and_address(ada, cast, wanted):
    UserFactory(username="odon", name="Ödön Kovács", email="odon@example.org")
    UserFactory(username="percent", name="100% Paula", email="paula@example.org")
    found = document(ada.get(PATH, query_string={"q": wanted})).texts("//tbody//th")
    assert len(found) == 1


def test_the_list_can_be_narrowed_to_a_role(ada, cast):
    found = ada.read(f"{PATH}?role=editor").texts("//tbody//th//a")
    assert found == ["Edith"]
    assert ada.get(f"{PATH}?role=king").status_code == 404


def test_an_unknown_role_or_account_changes_nothing(ada, cast, stored):
    token = ada.read(PATH).all("//input[@name='csrf_token']/@value")[0]
    given = {"csrf_token": token, "role": "king"}
    assert ada.post(f"{PATH}/{cast.walt.id}/role", data=given).status_code == 404
    assert ada.post(f"{PATH}/999999/role", data=given | {"role": "reader"}).status_code == 404
    assert ada.post(f"{PATH}/{cast.walt.id}/role", data={"role": "reader"}).status_code == 400
    assert stored(cast.walt) == ("author", True)


@pytest.mark.parametrize("name", ["edith", "mona", "walt", "rhea"])
def test_people_are_closed_to_those_without_the_right(sign_in, cast, name):
    assert sign_in(getattr(cast, name)).get(PATH).status_code == 403


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_costs_the_same_with_more_rows(ada, cast, queries, rows):
    UserFactory.create_batch(rows)
    # Who is signed in, the roles, the count, the people, which have tokens, open invitations, the settings.
    with queries.exactly(7):
        ada.get(PATH)
