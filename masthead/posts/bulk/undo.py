"""Takes back what a change of many did to one post, unless somebody changed the post since."""

from datetime import datetime
from typing import Any, Final

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, NotAllowed
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import actions, history
from masthead.posts.bulk.models import BulkAction, BulkChange, BulkItem
from masthead.posts.bulk.recipients import check_recipient
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit
from masthead.posts.working_copy import journal

#: The columns that the life cycle changes.
_MOMENTS: Final = ("published_at", "trashed_at", "expires_at", "expired_at")
_EVENTS: Final = {
    Status.PUBLIC: "post.published",
    Status.TRASHED: "post.trashed",
}


def state_of(post: Post) -> dict[str, Any]:
    """Return what a change of many can replace, as JSON."""
    return {
        "status": post.status.value,
        **{name: _written(getattr(post, name)) for name in _MOMENTS},
        "author": post.author_id,
        "bylines": [person.id for person in post.bylines],
        "tags": [tag.id for tag in post.tags],
    }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def take_back(post: Post, item: BulkItem, change: BulkChange, *, by: User, at: datetime) -> None:
    """Take the change of a locked post back; raises a domain error if that is not possible."""
    if post.version != item.version or _is_typed_into(post):
        raise Conflict("Somebody changed the post since.")
    match BulkAction(change.action):
        case BulkAction.TAG:
            _remove_tags(post, item.before, by=by, at=at)
        case BulkAction.HAND_OVER:
            _hand_back(post, item.before, by=by, at=at)
        case _:
            _put_back(post, item, by=by, at=at)
    db.session.flush()


def _is_typed_into(post: Post) -> bool:
    """Return whether the working copy is newer than the post, whose version autosaves leave alone."""
    copy = journal.copy_of(post.id)
    return copy is not None and copy.is_open and copy.changed_at > post.updated_at


def _remove_tags(post: Post, before: dict[str, Any], *, by: User, at: datetime) -> None:
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can change this post.")
    actions.set_tags(post, [tag for tag in post.tags if tag.id in before["tags"]])
    _save(post, by=by, at=at, note="Tags taken back")
    audit.record("post.edited", by=by, subject=post.title, post=post.id, changed="tags")


def _hand_back(post: Post, before: dict[str, Any], *, by: User, at: datetime) -> None:
    may_write = by.can(Permission.WRITE) and (post.status is not Status.PUBLIC or by.can(Permission.PUBLISH))
    was_own = by.id == before["author"] and may_write
    if not (was_own or by.can(Permission.EDIT_POSTS)):
        raise NotAllowed("Only an editor can take this post back.")
    wanted = [before["author"], *before["bylines"]]
    people = {user.id: user for user in db.session.scalars(accounts.users().where(User.id.in_(wanted)))}
    owner = people.get(before["author"])
    if owner is None:
        raise Conflict("The account of the former author was deleted.")
    check_recipient(owner)
    actions.credit(post, [people[user_id] for user_id in before["bylines"] if user_id in people] or [owner])
    former, post.author_id = post.author_id, owner.id
    _save(post, by=by, at=at, note="Handed back")
    audit.record(
        "post.handed_over", by=by, subject=post.title, post=post.id, to=owner.username, from_id=former
    )


def _put_back(post: Post, item: BulkItem, *, by: User, at: datetime) -> None:
    """Give the post the state that it had, with its dates."""
    status, moments = Status(item.before["status"]), _moments(item.before)
    is_public = Status.PUBLIC in {status, post.status}
    is_own = by.id == post.author_id and by.can(Permission.WRITE)
    if not (by.can(Permission.EDIT_POSTS) or (is_own and (by.can(Permission.PUBLISH) or not is_public))):
        raise NotAllowed("Your role does not allow you to take this back.")
    if status is Status.PUBLIC and _was_missed(post, moments["published_at"], at=at):
        # Readers would see it at once, which nobody has asked for.
        status, moments["published_at"] = Status.DRAFT, None
        item.message = "It is a draft, because the moment for which it was scheduled has passed."
    if status is Status.TRASHED:
        # The days in the trash begin again, so that the next purge leaves the post.
        moments["trashed_at"] = at
    event = _EVENTS.get(status) or ("post.unpublished" if post.status is Status.PUBLIC else "post.restored")
    post.status, post.updated_at = status, at
    for name, moment in moments.items():
        setattr(post, name, moment)
    audit.record(event, by=by, subject=post.title, post=post.id, undo=True)


def _moments(before: dict[str, Any]) -> dict[str, datetime | None]:
    written: dict[str, str | None] = {name: before[name] for name in _MOMENTS}
    return {
        name: datetime.fromisoformat(text) if text is not None else None for name, text in written.items()
    }


def _was_missed(post: Post, when: datetime | None, *, at: datetime) -> bool:
    """Return whether a post was scheduled for a moment that has come since the change took it out of the schedule."""
    return post.status is not Status.PUBLIC and when is not None and post.updated_at < when <= at


def _save(post: Post, *, by: User, at: datetime, note: str) -> None:
    post.updated_at = at
    db.session.flush()
    history.keep(post, post.body, by=by, at=at, note=note)
