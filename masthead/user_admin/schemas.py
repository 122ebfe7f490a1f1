"""API schemas of invitations and roles."""

from datetime import datetime

from pydantic import Field

from masthead.login.models import AccountToken
from masthead.people.models import EMAIL_CHARACTERS, ROLE_NAME_CHARACTERS, ROLE_TITLE_CHARACTERS, Role
from masthead.people.permissions import HIGHEST_RANK, Permission
from masthead.web.api.schemas import ListAnswer, Made, Schema, Text


class InvitationInput(Schema):
    """A new invitation."""

    email: Text = Field(min_length=3, max_length=EMAIL_CHARACTERS, examples=["grace@example.com"])
    role: Text = Field(min_length=1, max_length=ROLE_NAME_CHARACTERS, examples=["author"])


class InvitationAnswer(Schema):
    """An invitation that can still be accepted."""

    id: int = Field(examples=[5])
    email: str = Field(examples=["grace@example.com"])
    role: str = Field(examples=["author"])
    invited_by: str = Field(description="A user name, or `shell`.", examples=["ada"])
    is_void: bool = Field(
        description="Whether nobody can accept it, since its inviter no longer has permission to give the role.",
        examples=[False],
    )
    created_at: Made
    expires_at: datetime = Field(examples=["2026-11-27T16:05:00Z"])

    @classmethod
    def of(cls, token: AccountToken, *, role: str, is_void: bool) -> "InvitationAnswer":
        """The invitation."""
        return cls(
            id=token.id,
            email=token.email,
            role=role,
            invited_by=token.inviter or "shell",
            is_void=is_void,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )


class Invitations(ListAnswer):
    """A page of open invitations, the one that expires first before the others."""

    invitations: list[InvitationAnswer]


class LinkAnswer(Schema):
    """A one-time link, which only this answer contains."""

    link: str = Field(examples=["https://magazine.example/auth/invitation/…"])


class RoleAnswer(Schema):
    """A role."""

    name: str = Field(examples=["guest-editor"])
    title: str = Field(examples=["Guest editor"])
    rank: int = Field(examples=[45])
    permissions: list[str] = Field(examples=[["comments.write", "posts.write"]])
    requires_second_factor: bool = Field(examples=[False])
    is_built_in: bool = Field(description="Built-in roles cannot be deleted.", examples=[False])

    @classmethod
    def of(cls, role: Role) -> "RoleAnswer":
        """The role."""
        return cls(
            name=role.name,
            title=role.title,
            rank=role.rank,
            permissions=sorted(role.granted),
            requires_second_factor=role.requires_second_factor,
            is_built_in=role.is_built_in,
        )


class Roles(ListAnswer):
    """A page of roles, the lowest rank first."""

    roles: list[RoleAnswer]


class RoleInput(Schema):
    """A new role."""

    title: Text = Field(min_length=1, max_length=ROLE_TITLE_CHARACTERS, examples=["Guest editor"])
    rank: int = Field(ge=1, lt=HIGHEST_RANK, examples=[45])
    permissions: list[Permission] = Field(
        max_length=len(Permission), examples=[["comments.write", "posts.write"]]
    )
    requires_second_factor: bool = Field(default=False, examples=[False])


class RoleChange(Schema):
    """Changes of a role. Omitted fields stay as they are."""

    title: Text | None = Field(
        default=None, min_length=1, max_length=ROLE_TITLE_CHARACTERS, examples=["Guest editor"]
    )
    rank: int | None = Field(default=None, ge=1, le=HIGHEST_RANK, examples=[45])
    permissions: list[Permission] | None = Field(
        default=None, max_length=len(Permission), examples=[["comments.write", "posts.write"]]
    )
    requires_second_factor: bool | None = Field(default=None, examples=[False])


class RoleHeir(Schema):
    """The replacement of a deleted role."""

    heir: Text | None = Field(
        default=None,
        min_length=1,
        max_length=ROLE_NAME_CHARACTERS,
        description="The name of the role that its people get.",
        examples=["author"],
    )
