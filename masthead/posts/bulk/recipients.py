"""People to whom posts can be handed over."""

from typing import Final

from masthead.errors import Invalid
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.permissions import Permission

NOBODY: Final = "Nobody who writes here has this user name."


def by_username(username: str) -> User:
    """Return the writer with a user name; raises `Invalid`, with the same words for anybody else."""
    user = accounts.by_username(username.strip().removeprefix("@"))
    if user is None or not _can_own(user):
        raise Invalid(NOBODY, field="author")
    return user


def check_recipient(user: User) -> None:
    """Raise `Invalid` if the person cannot own posts (any more)."""
    if not _can_own(user):
        raise Invalid(f"{user.display_name} does not write here, and cannot own posts.", field="author")


def _can_own(user: User) -> bool:
    return user.is_active and not user.is_byline and Permission.WRITE in user.role.granted
