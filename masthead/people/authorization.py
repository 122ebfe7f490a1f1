"""Rules about who may change which account and which role."""

from masthead.people.models import Role, User
from masthead.people.permissions import ADMINISTRATOR, Permission


def can_change_account(by: User, user: User) -> bool:
    """Whether ``by`` may change the account of ``user``: nobody reaches an equal or a higher role but their own."""
    return by.can(Permission.MANAGE_USERS) and (by.role.rank > user.role.rank or by.id == user.id)


def can_grant(by: User, role: Role) -> bool:
    """Whether ``by`` may give ``role`` to somebody: never a higher rank than their own, nor a right that they lack."""
    if not by.can(Permission.MANAGE_USERS) or role.rank > by.role.rank:
        return False
    return role.granted <= by.role.granted


def can_change_role(by: User, role: Role) -> bool:
    """Whether ``by`` may change ``role``: one of a lower rank than their own, and without a right that they lack.

    Administrators may also give their own role another title, and ask it for a second factor.
    """
    if not by.can(Permission.MANAGE_ROLES):
        return False
    if role.name == ADMINISTRATOR:
        return by.is_administrator
    return role.rank < by.role.rank and role.granted <= by.role.granted
