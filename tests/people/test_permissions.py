"""Who may hand out and change roles, for every pair: the rules themselves, apart from the pages that ask them."""

import pytest

from masthead.people.authorization import can_change_account, can_change_role, can_grant
from masthead.people.queries import role as role_named
from tests.support.people import ROLES

PEOPLE = tuple(ROLES.values())


@pytest.fixture
def people(cast):
    return cast.everybody()


@pytest.mark.parametrize("giver", PEOPLE)
def test_only_administrators_hand_out_roles(app, people, giver):
    with app.app_context():
        given = {name for name in PEOPLE if can_grant(people[giver], role_named(name))}
    assert given == (set(PEOPLE) if giver == "administrator" else set())


@pytest.mark.parametrize("changer", PEOPLE)
def test_only_administrators_change_roles(app, people, changer):
    with app.app_context():
        changed = {name for name in PEOPLE if can_change_role(people[changer], role_named(name))}
    assert changed == (set(PEOPLE) if changer == "administrator" else set())


@pytest.mark.parametrize("changer", PEOPLE)
def test_nobody_changes_the_account_of_an_equal_or_a_higher_role_but_their_own(people, changer):
    changed = {name for name in PEOPLE if can_change_account(people[changer], people[name])}
    assert changed == (set(PEOPLE) if changer == "administrator" else set())
