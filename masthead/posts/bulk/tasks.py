"""Carries out changes of many posts, and their undo: each post in a transaction of its own."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, func, select

from masthead import clock
from masthead.db import db
from masthead.errors import DomainError, NotAllowed, NotFound
from masthead.jobs import periodic, task
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.posts import queries
from masthead.posts.bulk import steps, undo
from masthead.posts.bulk.models import BulkChange, BulkItem, BulkState, ItemState
from masthead.posts.bulk.queries import with_recipient
from masthead.posts.models import Post
from masthead.posts.working_copy import journal

#: The days for which a change of many can be looked at and taken back.
KEPT_DAYS = 30
_Work = Callable[[Post, BulkItem, BulkChange, User], None]


@task("posts.change_many", writes=True)
def change_many(change_id: int) -> str | None:
    """Change the posts that wait; a post that refuses keeps no other one back."""
    _each(change_id, ItemState.WAITING, _change, refused=ItemState.REFUSED)
    return _finish(change_id, BulkState.QUEUED, BulkState.DONE, ItemState.DONE)


@task("posts.undo_many", writes=True)
def undo_many(change_id: int) -> str | None:
    """Take the change of each post back, unless somebody changed it since."""
    _each(change_id, ItemState.DONE, _take_back, refused=ItemState.KEPT)
    return _finish(change_id, BulkState.UNDOING, BulkState.UNDONE, ItemState.UNDONE)


@periodic("posts.forget_bulk_changes", every=timedelta(hours=24), deletes=True)
def forget_bulk_changes() -> None:
    """Delete what remains of changes of many posts, after a month."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    db.session.execute(delete(BulkChange).where(BulkChange.created_at < before))
    db.session.commit()


def _each(change_id: int, state: ItemState, work: _Work, *, refused: ItemState) -> None:
    """Work on the posts in this state, in their order."""
    last = -1
    while (position := _next(change_id, state, after=last)) is not None:
        last = position
        _work_on(change_id, position, state, work, refused)
        db.session.commit()


def _next(change_id: int, state: ItemState, *, after: int) -> int | None:
    found = (BulkItem.change_id == change_id, BulkItem.state == state, BulkItem.position > after)
    position = db.session.scalar(select(func.min(BulkItem.position)).where(*found))
    db.session.rollback()
    return position


def _work_on(change_id: int, position: int, state: ItemState, work: _Work, refused: ItemState) -> None:
    # Post first, as every editor locks it; a job that runs twice finds the item in another state.
    post_id = db.session.scalar(
        select(BulkItem.post_id).where(BulkItem.change_id == change_id, BulkItem.position == position)
    )
    is_there = post_id is not None and _is_locked(post_id)
    item = db.session.scalar(
        select(BulkItem)
        .where(BulkItem.change_id == change_id, BulkItem.position == position, BulkItem.state == state)
        .with_for_update()
    )
    if item is None:
        return
    change = db.session.scalars(with_recipient(change_id)).one()
    try:
        if post_id is None or not is_there:
            raise NotFound("There is no such post.")
        by = _writer(change.user_id)
        with db.session.begin_nested():
            work(queries.get(post_id), item, change, by)
    except DomainError as error:
        item.state, item.message = refused, error.message


def _is_locked(post_id: int) -> bool:
    try:
        journal.lock(post_id)
    except NotFound:
        return False
    return True


def _writer(user_id: int) -> User:
    user = accounts.get(user_id)
    if not user.is_active:
        raise NotAllowed("Your account is not active.")
    return user


def _change(post: Post, item: BulkItem, change: BulkChange, by: User) -> None:
    before = undo.state_of(post)
    steps.apply(post, change, by=by, at=clock.now())
    item.before, item.state, item.version = before, ItemState.DONE, post.version


def _take_back(post: Post, item: BulkItem, change: BulkChange, by: User) -> None:
    undo.take_back(post, item, change, by=by, at=clock.now())
    item.state = ItemState.UNDONE


def _finish(change_id: int, before: BulkState, after: BulkState, good: ItemState) -> str | None:
    change = db.session.scalar(select(BulkChange).where(BulkChange.id == change_id).with_for_update())
    if change is None:
        return None
    if change.state == before:
        change.state, change.finished_at = after, clock.now()
    of_change = select(func.count()).select_from(BulkItem).where(BulkItem.change_id == change_id)
    total = db.session.scalar(of_change)
    done = db.session.scalar(of_change.where(BulkItem.state == good))
    db.session.commit()
    return f"{done} of {total} posts"
