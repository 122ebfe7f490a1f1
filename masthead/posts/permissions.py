"""Permissions on posts."""

from collections.abc import Collection
from typing import Protocol

from masthead.errors import NotAllowed, NotFound
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post


class Owned(Protocol):
    """The attributes of a post that decide who may edit it."""

    @property
    def author_id(self) -> int:
        """The id of the owner."""

    @property
    def status(self) -> Status:
        """The status."""


def can_see(by: User | None, post: Post) -> bool:
    """Return whether the person may see the post: published for all, others for its editors, trashed for nobody."""
    if post.status is Status.TRASHED:
        return False
    return post.is_published or (
        by is not None and (by.id == post.author_id or by.can(Permission.EDIT_POSTS))
    )


def can_edit(by: User, post: Owned) -> bool:
    """Return whether the person may edit the post: editors any; writers their own, public ones with the right to publish."""
    if by.can(Permission.EDIT_POSTS):
        return True
    if by.id != post.author_id or not by.can(Permission.WRITE):
        return False
    return by.can(Permission.PUBLISH) or post.status is not Status.PUBLIC


def check_editable(post: Post, by: User, *, refusal: str) -> None:
    """Raise `NotAllowed` with this sentence if the person may only see the post, and `NotFound` if not even that."""
    if can_edit(by, post):
        return
    if post.author_id == by.id or post.is_published:
        raise NotAllowed(refusal)
    raise NotFound("There is no such post.")


def can_withdraw(by: User, post: Owned) -> bool:
    """Return whether the person may withdraw the post from review: its owner may."""
    return by.id == post.author_id and by.can(Permission.WRITE)


def can_send_back(by: User) -> bool:
    """Return whether the person may send the post back: editors may."""
    return by.can(Permission.EDIT_POSTS)


def can_publish(by: User, post: Post) -> bool:
    """Return whether the person may publish the post: editors any, authors their own."""
    return by.can(Permission.EDIT_POSTS) or (by.id == post.author_id and by.can(Permission.PUBLISH))


def can_credit(by: User, present: Collection[int], wanted: Collection[int]) -> bool:
    """Return whether the person may set these bylines: editors any, others if credited before and after."""
    return by.can(Permission.EDIT_POSTS) or (by.id in present and by.id in wanted)
