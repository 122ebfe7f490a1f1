"""Changes of many posts whose job was cancelled, or died each time: they end where the job did, and can be undone."""

from typing import Final

from sqlalchemy import select, update

from masthead.db import db
from masthead.jobs import outbox
from masthead.people.models import User
from masthead.posts.bulk import queries
from masthead.posts.bulk.models import BulkChange, BulkItem, BulkState, ItemState
from masthead.posts.bulk.tasks import change_many, undo_many

STOPPED: Final = "The work was stopped before this post."
#: The tasks of the states that end with their job.
_TASKS: Final = {BulkState.QUEUED: change_many, BulkState.UNDOING: undo_many}


def read(change_id: int, *, owner: User) -> BulkChange:
    """Return the person's own change, ended if its job has stopped; raises `NotFound`."""
    change = queries.get(change_id, owner=owner)
    if _has_job(change):
        return change
    # The job may have finished between the two queries.
    change = queries.get(change_id, owner=owner)
    if _has_job(change):
        return change
    # Only to be shown: an administrator can start the job again.
    db.session.expunge(change)
    is_done = change.state == BulkState.QUEUED or any(item.state == ItemState.DONE for item in change.items)
    change.state = BulkState.DONE if is_done else BulkState.UNDONE
    for item in change.items:
        if item.state == ItemState.WAITING:
            item.state, item.message = ItemState.REFUSED, STOPPED
    return change


def end(change_id: int, *, owner: User) -> None:
    """End the person's own change if its job has stopped, so that it can be undone; raises `NotFound`."""
    # Of two requests at once the second sees the job of the first.
    own = (BulkChange.id == change_id, BulkChange.user_id == owner.id)
    db.session.execute(select(BulkChange.id).where(*own).with_for_update())
    change = queries.get(change_id, owner=owner)
    if _has_job(change):
        return
    waiting = (BulkItem.change_id == change_id, BulkItem.state == ItemState.WAITING)
    db.session.execute(update(BulkItem).where(*waiting).values(state=ItemState.REFUSED, message=STOPPED))
    change.state = BulkState.DONE
    db.session.flush()


def _has_job(change: BulkChange) -> bool:
    """Return whether the job waits or runs; a change that has ended needs none."""
    task = _TASKS.get(BulkState(change.state))
    return task is None or outbox.has_unfinished(task, change.id)
