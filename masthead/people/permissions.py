"""What can be permitted, the roles that a new site starts with, and the rules about accounts themselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from masthead.people.models import Role, User


class Permission(StrEnum):
    """One right. The value is stored in roles, so it never changes."""

    COMMENT = "comments.write"
    WRITE = "posts.write"
    PUBLISH = "posts.publish"
    UPLOAD = "media.upload"
    EDIT_POSTS = "posts.edit_any"
    MANAGE_TAGS = "tags.manage"
    MANAGE_PAGES = "pages.manage"
    MODERATE = "comments.moderate"
    MANAGE_USERS = "users.manage"
    MANAGE_ROLES = "roles.manage"
    MANAGE_SETTINGS = "settings.manage"
    MANAGE_JOBS = "jobs.manage"
    READ_AUDIT = "audit.read"

    @property
    def sentence(self) -> str:
        """What somebody with this right can do."""
        return SENTENCES[self]


SENTENCES: dict[Permission, str] = {
    Permission.COMMENT: "Comment on posts",
    Permission.WRITE: "Write drafts and submit them for review",
    Permission.PUBLISH: "Publish, schedule and unpublish their own posts",
    Permission.UPLOAD: "Upload pictures",
    Permission.EDIT_POSTS: "Edit, publish and trash all posts",
    Permission.MANAGE_TAGS: "Rename, merge and describe tags",
    Permission.MANAGE_PAGES: "Write and publish pages",
    Permission.MODERATE: "Approve, reject and delete comments",
    Permission.MANAGE_USERS: "Invite and disable people, and change their roles",
    Permission.MANAGE_ROLES: "Create and edit roles",
    Permission.MANAGE_SETTINGS: "Change the settings of the publication",
    Permission.MANAGE_JOBS: "See, retry and cancel background tasks, and clear the page cache",
    Permission.READ_AUDIT: "Read the audit log",
}


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role that every new site has. A higher rank may change accounts of a lower one."""

    name: str
    title: str
    rank: int
    permissions: tuple[Permission, ...]


_WRITING = (Permission.COMMENT, Permission.WRITE)
_PUBLISHING = (*_WRITING, Permission.PUBLISH, Permission.UPLOAD)
_EDITING = (
    *_PUBLISHING,
    Permission.EDIT_POSTS,
    Permission.MANAGE_TAGS,
    Permission.MANAGE_PAGES,
    Permission.MODERATE,
)

READER = "reader"
ADMINISTRATOR = "administrator"
#: The rank of administrators, which no other role reaches.
HIGHEST_RANK = 100
#: Rights over people and the site itself. Whoever registers is a reader, so readers never have them.
ADMINISTERING: frozenset[Permission] = frozenset(
    {
        Permission.MANAGE_USERS,
        Permission.MANAGE_ROLES,
        Permission.MANAGE_SETTINGS,
        Permission.MANAGE_JOBS,
        Permission.READ_AUDIT,
    }
)

DEFAULT_ROLES: tuple[DefaultRole, ...] = (
    DefaultRole(READER, "Reader", 10, (Permission.COMMENT,)),
    DefaultRole("contributor", "Contributor", 20, _WRITING),
    DefaultRole("author", "Author", 30, _PUBLISHING),
    DefaultRole("moderator", "Moderator", 40, (Permission.COMMENT, Permission.MODERATE)),
    DefaultRole("editor", "Editor", 50, _EDITING),
    DefaultRole(ADMINISTRATOR, "Administrator", HIGHEST_RANK, tuple(Permission)),
)
BUILT_IN: frozenset[str] = frozenset(role.name for role in DEFAULT_ROLES)


def can_change_account(by: "User", user: "User") -> bool:
    """Whether ``by`` may change the account of ``user``: nobody reaches an equal or a higher role but their own."""
    return by.can(Permission.MANAGE_USERS) and (by.role.rank > user.role.rank or by.id == user.id)


def can_grant(by: "User", role: "Role") -> bool:
    """Whether ``by`` may give ``role`` to somebody: never a higher rank than their own, nor a right that they lack."""
    if not by.can(Permission.MANAGE_USERS) or role.rank > by.role.rank:
        return False
    return role.granted <= by.role.granted


def can_change_role(by: "User", role: "Role") -> bool:
    """Whether ``by`` may change ``role``: one of a lower rank than their own, and without a right that they lack.

    Administrators may also give their own role another title, and ask it for a second factor.
    """
    if not by.can(Permission.MANAGE_ROLES):
        return False
    if role.name == ADMINISTRATOR:
        return by.is_administrator
    return role.rank < by.role.rank and role.granted <= by.role.granted
