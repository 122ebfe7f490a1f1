"""Starts changes of many posts and their undo; `masthead.posts.bulk.tasks` carries them out. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import update

from masthead import jobs
from masthead.content.rendering import SLUG_CHARACTERS, TITLE_CHARACTERS
from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.bulk import abandoned
from masthead.posts.bulk.models import BulkAction, BulkChange, BulkItem, BulkState, ItemState
from masthead.posts.bulk.queries import ChosenPost
from masthead.posts.bulk.tasks import change_many, undo_many
from masthead.tags import actions as tags

#: The posts of one change.
MOST_POSTS: Final = 500
#: The actions that need the right to publish.
_PUBLISHING: Final = frozenset({BulkAction.PUBLISH, BulkAction.UNPUBLISH})


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """A request to change many posts."""

    action: BulkAction
    tags: Sequence[str] = ()
    recipient: User | None = None


def check(order: BulkOrder, count: int, *, by: User) -> None:
    """Raise `NotAllowed` or `Invalid` for what no post could be part of."""
    if not by.can(Permission.WRITE):
        raise NotAllowed("Your role does not allow you to change posts.")
    if order.action in _PUBLISHING and not (by.can(Permission.PUBLISH) or by.can(Permission.EDIT_POSTS)):
        raise NotAllowed("Your role does not allow you to publish posts.")
    if not count:
        raise Invalid("Select at least one post first.", field="posts")
    if count > MOST_POSTS:
        raise Invalid(f"Select at most {MOST_POSTS} posts.", field="posts")


def start(order: BulkOrder, posts: Sequence[ChosenPost], *, by: User, at: datetime) -> BulkChange:
    """Queue a change of these posts; raises `Invalid` if it lacks what the action needs."""
    check(order, len(posts), by=by)
    names = tags.distinct(order.tags) if order.action is BulkAction.TAG else ()
    tags.check_commas(names, field="tags")
    if order.action is BulkAction.TAG and not names:
        raise Invalid("Name at least one tag.", field="tags")
    recipient = order.recipient if order.action is BulkAction.HAND_OVER else None
    if order.action is BulkAction.HAND_OVER and recipient is None:
        raise Invalid("Name the new author.", field="author")
    change = BulkChange(
        user_id=by.id,
        action=order.action,
        tags=list(names),
        recipient_id=recipient.id if recipient is not None else None,
        state=BulkState.QUEUED,
        created_at=at,
        items=[_item(position, post) for position, post in enumerate(posts)],
    )
    db.session.add(change)
    db.session.flush()
    jobs.enqueue(change_many, change.id)
    return change


def _item(position: int, post: ChosenPost) -> BulkItem:
    is_known = post.post_id is not None
    return BulkItem(
        position=position,
        post_id=post.post_id,
        title=post.title[:TITLE_CHARACTERS],
        slug=post.slug[:SLUG_CHARACTERS],
        state=ItemState.WAITING if is_known else ItemState.REFUSED,
        message="" if is_known else "There is no such post.",
        before={},
    )


def start_undo(change_id: int, *, by: User) -> None:
    """Queue the undo of a finished change of one's own; of two requests at once the second is refused."""
    abandoned.end(change_id, owner=by)
    statement = (
        update(BulkChange)
        .where(BulkChange.id == change_id, BulkChange.user_id == by.id, BulkChange.state == BulkState.DONE)
        .values(state=BulkState.UNDOING)
        .returning(BulkChange.id)
    )
    if db.session.scalar(statement, execution_options={"synchronize_session": False}) is None:
        raise Conflict("This can be taken back once, and only after it is done.")
    jobs.enqueue(undo_many, change_id)
