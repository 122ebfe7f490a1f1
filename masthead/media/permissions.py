"""The rights to files."""

from sqlalchemy import ColumnElement, or_, true

from masthead.media.models import Media
from masthead.people.models import User
from masthead.people.permissions import Permission


def can_upload(user: User) -> bool:
    """Return whether a person may bring in files."""
    return user.can(Permission.UPLOAD)


def shares(user: User) -> bool:
    """Return whether a person's files are in everybody's library at once: those of a contributor wait for the post."""
    return user.can(Permission.PUBLISH)


def can_see(user: User, media: Media) -> bool:
    """Return whether a person sees a file in the library."""
    return can_upload(user) and (media.is_shared or media.owner_id == user.id)


def is_visible_to(user: User) -> ColumnElement[bool]:
    """Return `can_see` for statements, for a person who may upload."""
    return or_(Media.is_shared, Media.owner_id == user.id) if can_upload(user) else ~true()


def can_change(user: User, media: Media) -> bool:
    """Return whether a person may describe, edit, replace and delete a file: its owner, and editors.

    Public texts may show a shared file, so its owner changes it only with the right to publish.
    """
    is_owners = media.owner_id == user.id and (shares(user) or not media.is_shared)
    return can_see(user, media) and (is_owners or user.can(Permission.EDIT_POSTS))
