"""Read models of people, roles and invitations for the pages of the administration."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from masthead.login.models import AccountToken
from masthead.people.authorization import can_change_account, can_change_role, can_grant
from masthead.people.models import Role, User
from masthead.people.permissions import Permission
from masthead.user_admin import invitations


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account in the list of people."""

    user: User
    is_self: bool
    is_changeable: bool
    has_second_factor: bool
    has_tokens: bool

    @property
    def status(self) -> str:
        """The state of the account as text."""
        parts = ["Active" if self.user.is_active else "Disabled"]
        if self.has_second_factor:
            parts.append("2FA")
        parts.append("address confirmed" if self.user.confirmed_at else "address not confirmed")
        return ", ".join(parts)


def person_row(user: User, by: User, *, with_tokens: Collection[int]) -> PersonRow:
    """Make the row of an account for an administrator."""
    return PersonRow(
        user=user,
        is_self=user.id == by.id,
        is_changeable=can_change_account(by, user),
        has_second_factor=user.has_second_factor,
        has_tokens=user.id in with_tokens,
    )


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role in the list of roles."""

    role: Role
    is_changeable: bool
    #: Sentences, in the order of the form.
    permissions: list[str]
    has_all: bool
    people: int


def role_row(role: Role, by: User, *, people: int) -> RoleRow:
    """Make the row of a role."""
    sentences = [permission.sentence for permission in Permission if permission in role.granted]
    return RoleRow(
        role=role,
        is_changeable=can_change_role(by, role),
        permissions=sentences,
        has_all=len(role.granted) == len(Permission),
        people=people,
    )


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An open invitation in the list of invitations."""

    id: int
    email: str
    role: Role
    inviter: str
    created_at: datetime
    expires_at: datetime
    #: The version of the invitation (`masthead.user_admin.invitations.version_of`).
    mark: str
    is_void: bool
    is_changeable: bool


def invitation_row(token: AccountToken, role: Role, by: User, *, is_void: bool) -> InvitationRow:
    """Make the row of an invitation for an administrator."""
    return InvitationRow(
        id=token.id,
        email=token.email,
        role=role,
        inviter=token.inviter,
        created_at=token.created_at,
        expires_at=token.expires_at,
        mark=invitations.version_of(token),
        is_void=is_void,
        is_changeable=can_grant(by, role),
    )
