"""Emails about posts, and the removal of posts from the trash."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete

from masthead import audit, clock
from masthead.content import trash_tasks
from masthead.content.pictures import Illustrated
from masthead.db import db
from masthead.errors import NotFound
from masthead.jobs import enqueue, periodic, task
from masthead.media import usage as media_usage
from masthead.people import notifications
from masthead.people import queries as accounts
from masthead.people.notifications import Notification
from masthead.posts import queries
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, ReviewNote
from masthead.posts.working_copy import journal, leases
from masthead.web.links import absolute_url

#: The days for which a page that was left open finds the state that it shows.
AUTOSAVE_DAYS = 30


@task("posts.tell_of_publication")
def tell_of_publication(post_id: int, moment: int, recipient_id: int) -> None:
    """Email a person that the post scheduled for a moment (in seconds since 1970) is public.

    Does nothing if the post was unpublished or rescheduled since: another job covers that moment.
    """
    post = _found(post_id)
    if post is None or not post.is_published or post.published_at is None:
        return
    if int(post.published_at.timestamp()) == moment:
        _tell(Notification.POST_PUBLISHED, recipient_id, post, editor=None, link=_page_of(post))


@task("posts.tell_of_publishing")
def tell_of_publishing(post_id: int, editor_id: int) -> None:
    """Email the author that somebody else has published the post; does nothing if it was unpublished since."""
    post = _found(post_id)
    if post is not None and post.is_published:
        editor = accounts.get(editor_id)
        _tell(Notification.POST_PUBLISHED, post.author_id, post, editor=editor, link=_page_of(post))


@task("posts.tell_of_submission")
def tell_of_submission(post_id: int, submitter_id: int, recipient_id: int) -> None:
    """Email an editor that a post waits for review; does nothing if it was withdrawn or decided on since."""
    post = _found(post_id)
    if post is None or post.status is not Status.IN_REVIEW:
        return
    submitter = accounts.get(submitter_id)
    _tell(Notification.POST_SUBMITTED, recipient_id, post, submitter=submitter, link=_editor_of(post))


@task("posts.tell_of_return")
def tell_of_return(note_id: int) -> None:
    """Email the author that an editor has sent the post back, with the note."""
    note = db.session.get(ReviewNote, note_id)
    post = _found(note.post_id) if note is not None else None
    # Submitted again since, or thrown away: then there is nothing left to do about it.
    if note is None or note.resolved_at is not None or post is None or post.status is Status.TRASHED:
        return
    editor = accounts.get(note.author_id)
    _tell(
        Notification.POST_RETURNED,
        post.author_id,
        post,
        editor=editor,
        note=note.body,
        link=_editor_of(post),
    )


def _found(post_id: int) -> Post | None:
    try:
        return queries.get(post_id)
    except NotFound:
        return None


def _page_of(post: Post) -> str:
    return absolute_url("site.post", slug=post.slug)


def _editor_of(post: Post) -> str:
    return absolute_url("posts_desk.edit", post_id=post.id)


def _tell(kind: Notification, user_id: int, post: Post, **context: object) -> None:
    user = notifications.recipient(kind, user_id)
    if user is not None:
        notifications.send(kind, user, post=post, is_own=post.author_id == user.id, **context)


@periodic("posts.forget_old_autosaves", every=timedelta(hours=24), deletes=True)
def forget_old_autosaves() -> None:
    """Delete what autosaves needed while editors were open, after a month."""
    before = clock.now() - timedelta(days=AUTOSAVE_DAYS)
    journal.forget_old(before=before)
    leases.forget_old(before=before)
    db.session.commit()


@periodic("posts.purge_trash", every=timedelta(hours=6), deletes=True)
def purge_trash() -> None:
    """Delete posts for good after a month in the trash."""
    trash_tasks.purge(Post, lambda before: _trashed() & (Post.trashed_at < before), _delete)


def _trashed() -> ColumnElement[bool]:
    return Post.status == Status.TRASHED


def _delete(ids: Sequence[int]) -> None:
    statement = delete(Post).where(Post.id.in_(ids), _trashed()).returning(Post.id, Post.title)
    gone = db.session.execute(statement, execution_options={"synchronize_session": False}).all()
    media_usage.forget("post", [row.id for row in gone])
    for row in gone:
        audit.record(
            "post.deleted", by=None, subject=row.title, post=row.id, trash_days=trash_tasks.TRASH_DAYS
        )


ILLUSTRATED = Illustrated("post", Post, Post.status == Status.PUBLIC, Post.lead_image, Post.card_image)


@task("posts.copy_pictures", writes=True)
def copy_pictures(post_id: int) -> None:
    """Copy the external images of a post, and embed the copies."""
    again = ILLUSTRATED.copy_external(post_id)
    if again is not None:
        enqueue(copy_pictures, post_id, run_at=again)
    db.session.commit()
