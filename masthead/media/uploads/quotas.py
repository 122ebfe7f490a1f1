"""The room that each person has for files, by role."""

from dataclasses import dataclass
from typing import Final

from flask import current_app

from masthead.errors import NotAllowed
from masthead.media import queries
from masthead.people.models import User
from masthead.people.permissions import DEFAULT_ROLES

#: The setting of each built-in role.
_SETTINGS: Final = {
    "reader": "MEDIA_QUOTA_MB_READER",
    "contributor": "MEDIA_QUOTA_MB_CONTRIBUTOR",
    "author": "MEDIA_QUOTA_MB_AUTHOR",
    "moderator": "MEDIA_QUOTA_MB_MODERATOR",
    "editor": "MEDIA_QUOTA_MB_EDITOR",
    "administrator": "MEDIA_QUOTA_MB_ADMINISTRATOR",
}


class QuotaExceeded(NotAllowed):
    """A person's files would take more room than the role allows."""

    def __init__(self, quota: "Quota") -> None:
        super().__init__(
            f"You have {_megabytes(quota.left_bytes or 0)} left of {_megabytes(quota.limit_bytes or 0)} for files. "
            "Delete some permanently, or ask an administrator for more room."
        )
        self.quota = quota


@dataclass(frozen=True, slots=True)
class Quota:
    """The room of a person, in bytes; None without a limit."""

    limit_bytes: int | None
    used_bytes: int

    @property
    def left_bytes(self) -> int | None:
        """The room that is left."""
        return None if self.limit_bytes is None else max(0, self.limit_bytes - self.used_bytes)


def left_for(user: User) -> Quota:
    """Return how much room a person has, and how much files and announced uploads use."""
    return Quota(_limit_of(user), queries.used_bytes(user.id) + queries.announced_bytes(user.id))


def check_quota(user: User | None, size: int, *, announced: int = 0) -> None:
    """Raise `QuotaExceeded` if a person has no room for so many more bytes.

    The person has announced ``announced`` of them before, in an upload in parts.
    """
    if user is None or size <= 0 or _limit_of(user) is None:
        return
    quota = left_for(user)
    if quota.limit_bytes is not None and size > quota.limit_bytes - quota.used_bytes + announced:
        raise QuotaExceeded(quota)


def _limit_of(user: User) -> int | None:
    """Return the limit of a role; one that the operator has made has that of the built-in role below it."""
    ranked = sorted(DEFAULT_ROLES, key=lambda role: role.rank)
    names = [role.name for role in ranked if role.rank <= user.role.rank]
    own = [role.name for role in ranked if role.name == user.role.name]
    name = (own or names or [ranked[0].name])[-1]
    megabytes: int = current_app.config[_SETTINGS[name]]
    return megabytes * 1_000_000 or None


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 10_000_000 else f"{size / 1e6:.0f} MB"
