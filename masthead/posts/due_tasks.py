"""Ends and scheduled updates of public posts, at their moment.

Whoever asks for a page first after a moment applies the change, so that no stopped worker delays it; the page cache
lets go of its pages at the same moment. The task applies changes that nobody has asked for.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from flask import Flask, request
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from masthead import audit, clock, pagecache
from masthead.db import db, reason_of, transactions
from masthead.errors import DomainError
from masthead.jobs import periodic
from masthead.people import queries as accounts
from masthead.posts import actions, queries
from masthead.posts.details import Details
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.working_copy import journal, saves, shown

log = structlog.get_logger(__name__)

#: Stands for no moment: what is memoized must not be None.
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_NAME: Final = "the next end or update of a post"
#: Paths that show no post.
_WITHOUT_POSTS: Final = ("/static/", "/media/", "/health", "/metrics")


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
        if moment > clock.now():
            return
        with transactions(may_write=True):
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
    due = or_(Post.expires_at <= at, Post.update_at <= at)
    statement = select(Post.id).where(Post.status == Status.PUBLIC, due).order_by(Post.id).limit(1)
    while (post_id := db.session.scalar(statement)) is not None:
        _apply(post_id, at=at)
        db.session.commit()


def _apply(post_id: int, *, at: datetime) -> None:
    journal.lock(post_id)
    post = queries.get(post_id)
    if post.update_at is not None and post.update_at <= at:
        post.update_at = None
        db.session.flush()
        try:
            with db.session.begin_nested():
                _update(post, at=at)
        except DomainError as error:
            audit.record(
                "post.update_failed", by=None, subject=post.title, post=post.id, reason=error.message
            )
    if post.expires_at is not None and post.expires_at <= at and post.status is Status.PUBLIC:
        actions.expire(post, at=at)


def _update(post: Post, *, at: datetime) -> None:
    """Make the working copy public, in the name of its last writer; raises `DomainError`."""
    text = saves.working_text(shown.key_of(post), at=at)
    copy = journal.copy_of(post.id)
    by = accounts.get(copy.user_id if copy is not None else post.author_id)
    done = saves.rendered(text, shown.saved(post).text)
    actions.revise(post, done, by=by, at=at, details=Details(note="Scheduled update"))
    saves.close(post.id, by=by, at=at)
