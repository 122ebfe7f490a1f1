"""Where the people who run the publication can go: the navigation of the desk and of the administration."""

from dataclasses import dataclass

from flask import Flask
from flask_login import AnonymousUserMixin

from masthead.people.models import User
from masthead.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the desk, and the permission that opens it; None opens it to everybody with an account."""

    endpoint: str
    label: str
    permission: Permission | None = None
    #: What one does there; only the places of the administration say it.
    purpose: str = ""

    def is_open_to(self, user: User) -> bool:
        """Whether the person may go there."""
        return self.permission is None or user.can(self.permission)


ADMINISTRATION: tuple[Place, ...] = (
    Place(
        "posts_admin.index",
        "All posts",
        Permission.EDIT_POSTS,
        "Posts in review, scheduled posts, everybody's drafts, and the trash.",
    ),
    Place(
        "comments_admin.queue",
        "Comments",
        Permission.MODERATE,
        "Approve, reject and mark as spam what readers wrote.",
    ),
    Place(
        "pages_admin.index",
        "Pages",
        Permission.MANAGE_PAGES,
        "Content beside the posts, such as “About”.",
    ),
    Place(
        "tags_admin.index",
        "Tags",
        Permission.MANAGE_TAGS,
        "Name and describe what posts are about, and merge tags.",
    ),
    Place(
        "accounts_admin.index",
        "People",
        Permission.MANAGE_USERS,
        "Invite, find and help people, change their role, and disable accounts.",
    ),
    Place(
        "roles.index",
        "Roles",
        Permission.MANAGE_ROLES,
        "The permissions of each role, and custom roles.",
    ),
    Place(
        "settings_admin.edit",
        "Settings",
        Permission.MANAGE_SETTINGS,
        "Title, colour, navigation, and which comments are held.",
    ),
    Place(
        "redirects_admin.index",
        "Redirects",
        Permission.MANAGE_SETTINGS,
        "Old URLs that lead elsewhere.",
    ),
    Place(
        "statistics_admin.show",
        "Statistics",
        Permission.EDIT_POSTS,
        "Page views and comments by day, and the top posts.",
    ),
    Place(
        "jobs_admin.index",
        "Background tasks",
        Permission.MANAGE_JOBS,
        "Emails and other work in the background: what is queued, and what has failed.",
    ),
    Place(
        "cache_admin.show",
        "Page cache",
        Permission.MANAGE_JOBS,
        "How much is kept in memory, and a button to clear it.",
    ),
    Place(
        "audit_admin.index",
        "Audit log",
        Permission.READ_AUDIT,
        "Who signed in, and who changed posts, permissions and settings.",
    ),
)
#: Whoever has one of these has something to do in the administration.
BACK_OFFICE: tuple[Permission, ...] = tuple(place.permission for place in ADMINISTRATION if place.permission)

NEW_POST = Place("posts_desk.create", "New post", Permission.WRITE)
_OWN_WORK = (
    Place("dashboard.index", "Dashboard"),
    NEW_POST,
    Place("posts_desk.my_posts", "My posts", Permission.WRITE),
)
_ACCOUNT = (Place("accounts.profile", "Profile"), Place("security.overview", "Account security"))


def init_app(app: Flask) -> None:
    """Give the templates their navigation."""
    app.jinja_env.globals |= {"places_of": places_of, "writing_places_of": writing_places_of}


def places_of(user: User) -> list[Place]:
    """Every place that the person may go to, in the order of the navigation."""
    overview = [Place("admin.overview", "Administration")] if any(map(user.can, BACK_OFFICE)) else []
    return [
        *(place for place in _OWN_WORK if place.is_open_to(user)),
        *overview,
        *administration_of(user),
        *_ACCOUNT,
    ]


def writing_places_of(user: User | AnonymousUserMixin) -> list[Place]:
    """The links to start writing, which stand on every page for those who may; empty for everybody else."""
    return [NEW_POST] if isinstance(user, User) and NEW_POST.is_open_to(user) else []


def administration_of(user: User) -> list[Place]:
    """The sections of the administration that the person may use."""
    return [place for place in ADMINISTRATION if place.is_open_to(user)]
