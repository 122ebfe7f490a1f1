"""Rules about who may change which account and which role."""

from masthead.people.models import Role, User
from masthead.people.permissions import ADMINISTRATOR, Permission


def can_change_account(by: User, user: User) -> bool:
    """Return True if ``by`` may change the account of ``user``: their own, or one with a lower rank."""
    return by.can(Permission.MANAGE_USERS) and (by.role.rank > user.role.rank or by.id == user.id)


def can_grant(by: User, role: Role) -> bool:
    """Return True if ``by`` may grant ``role``: it has no higher rank than theirs, and no permission that they lack."""
    if not by.can(Permission.MANAGE_USERS) or role.rank > by.role.rank:
        return False
    return role.granted <= by.role.granted


def can_change_role(by: User, role: Role) -> bool:
    """Return True if ``by`` may change ``role``: it has a lower rank than theirs, and no permission that they lack.

    Administrators may also rename their own role, and require two-factor authentication for it.
    """
    if not by.can(Permission.MANAGE_ROLES):
        return False
    if role.name == ADMINISTRATOR:
        return by.is_administrator
    return role.rank < by.role.rank and role.granted <= by.role.granted
