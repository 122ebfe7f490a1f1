"""Permissions, and the roles that every new site has. `masthead.people.authorization` holds the rules about accounts."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One permission. Roles store the value, so it never changes."""

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
        """The description that people read."""
        return SENTENCES[self]


SENTENCES: dict[Permission, str] = {
    Permission.COMMENT: "Comment on posts",
    Permission.WRITE: "Write drafts and submit them for review",
    Permission.PUBLISH: "Publish, schedule and unpublish their own posts",
    Permission.UPLOAD: "Bring in pictures and other files",
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
    """A role that every new site has."""

    name: str
    title: str
    rank: int
    permissions: tuple[Permission, ...]


_WRITING = (Permission.COMMENT, Permission.WRITE)
_UPLOADING = (*_WRITING, Permission.UPLOAD)
_PUBLISHING = (*_UPLOADING, Permission.PUBLISH)
_EDITING = (
    *_PUBLISHING,
    Permission.EDIT_POSTS,
    Permission.MANAGE_TAGS,
    Permission.MANAGE_PAGES,
    Permission.MODERATE,
)

READER = "reader"
ADMINISTRATOR = "administrator"
#: The rank of administrators; every other role has a lower one.
HIGHEST_RANK = 100
#: Permissions over people and the site. Anybody can register as a reader, so readers never have them.
ADMINISTERING: frozenset[Permission] = frozenset(
    {
        Permission.MANAGE_USERS,
        Permission.MANAGE_ROLES,
        Permission.MANAGE_SETTINGS,
        Permission.MANAGE_JOBS,
        Permission.READ_AUDIT,
    }
)

#: Whoever has one of these has something to do in the administration.
OPENS_ADMINISTRATION: tuple[Permission, ...] = (
    Permission.EDIT_POSTS,
    Permission.MANAGE_TAGS,
    Permission.MANAGE_PAGES,
    Permission.MODERATE,
    Permission.MANAGE_USERS,
    Permission.MANAGE_ROLES,
    Permission.MANAGE_SETTINGS,
    Permission.MANAGE_JOBS,
    Permission.READ_AUDIT,
)

DEFAULT_ROLES: tuple[DefaultRole, ...] = (
    DefaultRole(READER, "Reader", 10, (Permission.COMMENT,)),
    DefaultRole("contributor", "Contributor", 20, _UPLOADING),
    DefaultRole("author", "Author", 30, _PUBLISHING),
    DefaultRole("moderator", "Moderator", 40, (Permission.COMMENT, Permission.MODERATE)),
    DefaultRole("editor", "Editor", 50, _EDITING),
    DefaultRole(ADMINISTRATOR, "Administrator", HIGHEST_RANK, tuple(Permission)),
)
BUILT_IN: frozenset[str] = frozenset(role.name for role in DEFAULT_ROLES)
