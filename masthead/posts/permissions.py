"""Who may do what with a post."""

from collections.abc import Collection
from typing import Protocol

from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post


class Owned(Protocol):
    """What of a post decides who may edit it."""

    @property
    def author_id(self) -> int:
        """Whose it is."""

    @property
    def status(self) -> Status:
        """How far it has come."""


def can_see(by: User | None, post: Post) -> bool:
    """Readers see what is published; the unfinished is for those who may edit it, what is in the trash for nobody."""
    if post.status is Status.TRASHED:
        return False
    return post.is_published or (
        by is not None and (by.id == post.author_id or by.can(Permission.EDIT_POSTS))
    )


def can_edit(by: User, post: Owned) -> bool:
    """Editors edit everything, writers their own; without the right to publish only until it is public."""
    if by.can(Permission.EDIT_POSTS):
        return True
    if by.id != post.author_id or not by.can(Permission.WRITE):
        return False
    return by.can(Permission.PUBLISH) or post.status is not Status.PUBLIC


def can_withdraw(by: User, post: Owned) -> bool:
    """Writers take back what they handed in."""
    return by.id == post.author_id and by.can(Permission.WRITE)


def can_send_back(by: User) -> bool:
    """Editors return what was handed in."""
    return by.can(Permission.EDIT_POSTS)


def can_publish(by: User, post: Post) -> bool:
    """Editors publish everything, authors their own."""
    return by.can(Permission.EDIT_POSTS) or (by.id == post.author_id and by.can(Permission.PUBLISH))


def can_credit(by: User, present: Collection[int], wanted: Collection[int]) -> bool:
    """Editors change every byline; others those of posts that credit them, and they do not credit others alone."""
    return by.can(Permission.EDIT_POSTS) or (by.id in present and by.id in wanted)
