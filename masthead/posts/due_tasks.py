"""Ends and scheduled updates of public posts, at their moment.

Whoever asks for a page first after a moment applies the change, so that no stopped worker delays it; the page cache
lets go of its pages at the same moment. The task applies changes that nobody has asked for. Texts are rendered in
read-only transactions, so that nobody waits for them to write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

import structlog
from flask import Flask, request
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError

from masthead import audit, clock, pagecache
from masthead.content.rendering import RenderedText
from masthead.db import db, reason_of, transactions
from masthead.errors import DomainError, NotFound
from masthead.jobs import periodic
from masthead.people import queries as accounts
from masthead.posts import actions, pictures, queries
from masthead.posts.details import Details
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.working_copy import journal, saves, shown
from masthead.posts.working_copy.journal import Sender
from masthead.posts.working_copy.texts import WorkingText

log = structlog.get_logger(__name__)

#: Stands for no moment: what is memoized must not be None.
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_NAME: Final = "the next end or update of a post"
#: Paths that show no post.
_WITHOUT_POSTS: Final = ("/static/", "/media/", "/health", "/metrics")
#: Errors of a database that is away or read-only, so that every change waits.
_UNAVAILABLE: Final = (InterfaceError, InternalError, OperationalError)
#: Held by the thread that applies updates. Others show the old text until it is done, instead of rendering it, too.
_updating: Final = Lock()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A working copy, rendered before the transaction that makes it public."""

    text: WorkingText
    #: The text that readers saw then.
    saved: WorkingText
    #: An error stands for a text that cannot be rendered.
    outcome: RenderedText | Exception


def init_app(app: Flask) -> None:
    """Apply due changes before a request is answered."""
    app.before_request(_before_request)


def _before_request() -> None:
    if request.path.startswith(_WITHOUT_POSTS):
        return
    try:
        with transactions(may_write=False):
            moment = pagecache.memoize(_NAME, lambda: queries.next_end() or _NEVER)
            db.session.rollback()
        if moment <= clock.now():
            _apply_all()
    except SQLAlchemyError as error:
        # The answer itself says that the database is away or read-only.
        db.session.rollback()
        log.warning("due changes of posts wait", reason=reason_of(error))


@periodic("posts.apply_due_changes", every=timedelta(minutes=1))
def apply_due_changes() -> None:
    """Apply every end and every scheduled update whose moment has come."""
    _apply_all()


def _apply_all() -> None:
    at = clock.now()
    has_no_update = or_(Post.update_at.is_(None), Post.update_at > at)
    _apply_each(and_(Post.expires_at <= at, has_no_update), _end, at=at)
    if _updating.acquire(blocking=False):
        try:
            _apply_each(Post.update_at <= at, _update, at=at)
        finally:
            _updating.release()


def _apply_each(
    condition: ColumnElement[bool], change: Callable[[int, datetime], None], *, at: datetime
) -> None:
    """Apply a change to each public post that meets the condition; a post that fails delays no other one."""
    last = 0
    while (post_id := _next(condition, after=last)) is not None:
        last = post_id
        try:
            change(post_id, at)
        except _UNAVAILABLE:
            raise
        except NotFound:
            # Somebody has deleted the post meanwhile.
            db.session.rollback()
        except Exception:
            db.session.rollback()
            log.exception("a due change of a post failed", post=post_id)


def _next(condition: ColumnElement[bool], *, after: int) -> int | None:
    with transactions(may_write=False):
        found = db.session.scalar(
            select(Post.id)
            .where(Post.status == Status.PUBLIC, Post.id > after, condition)
            .order_by(Post.id)
            .limit(1)
        )
        db.session.rollback()
    return found


def _end(post_id: int, at: datetime) -> None:
    with transactions(may_write=True):
        journal.lock(post_id)
        _end_locked(queries.get(post_id), at=at)
        db.session.commit()


def _end_locked(post: Post, *, at: datetime) -> None:
    if post.expires_at is not None and post.expires_at <= at and post.status is Status.PUBLIC:
        actions.expire(post, at=at)


def _update(post_id: int, at: datetime) -> None:
    """Make the working copy public, and end the post if its end has come, too."""
    # The working copy may change while it is rendered; the second time it is rendered under the lock.
    for is_last in (False, True):
        prepared = _prepared(post_id)
        with transactions(may_write=True):
            journal.lock(post_id)
            post = queries.get(post_id)
            is_updated = _update_locked(post, prepared, at=at, renders=is_last)
            if is_updated:
                _end_locked(post, at=at)
            # Also keeps what was merged into the working copy.
            db.session.commit()
        if is_updated:
            return


def _prepared(post_id: int) -> _Prepared:
    with transactions(may_write=False):
        post = queries.get(post_id)
        text, saved = shown.now(post).text, shown.saved(post).text
        db.session.rollback()
    return _render(text, saved)


def _render(text: WorkingText, saved: WorkingText) -> _Prepared:
    try:
        return _Prepared(text, saved, saves.rendered(text, saved))
    except Exception as error:  # noqa: BLE001 (the update fails with it, and not the page of whoever asked)
        return _Prepared(text, saved, error)


def _update_locked(post: Post, prepared: _Prepared, *, at: datetime, renders: bool) -> bool:
    """Apply the update of a locked post; return False if another text than the prepared one is due."""
    if post.update_at is None or post.update_at > at:
        return True
    try:
        text, saved = saves.working_text(shown.key_of(post), at=at), shown.saved(post).text
        if (text, saved) != (prepared.text, prepared.saved):
            if not renders:
                return False
            prepared = _render(text, saved)
        post.update_at = None
        db.session.flush()
        with db.session.begin_nested():
            _make_public(post, prepared, at=at)
    except _UNAVAILABLE:
        raise
    except Exception as error:  # noqa: BLE001 (the log has it, and the page of whoever asked goes on)
        post.update_at = None
        _record_failure(post, error)
    return True


def _record_failure(post: Post, error: Exception) -> None:
    """Record why an update failed. It is not tried again: every reader would wait for it."""
    reason = "Something went wrong. The log of the server says what."
    if isinstance(error, DomainError):
        reason = error.message
    else:
        log.error("a scheduled update failed", post=post.id, exc_info=error)
    audit.record("post.update_failed", by=None, subject=post.title, post=post.id, reason=reason)


def _make_public(post: Post, prepared: _Prepared, *, at: datetime) -> None:
    """Save the prepared text in the name of its last writer."""
    if isinstance(prepared.outcome, Exception):
        raise prepared.outcome
    copy = journal.copy_of(post.id)
    by = accounts.get(copy.user_id if copy is not None else post.author_id)
    actions.revise(post, prepared.outcome, by=by, at=at, details=Details(note="Scheduled update"))
    pictures.receive(post)
    saves.close(post.id, sender=Sender(by.id), at=at)
