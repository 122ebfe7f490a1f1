"""Review notes of editors, and the emails about each transition."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from masthead import jobs
from masthead.db import db
from masthead.errors import Invalid
from masthead.mail import delivery
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import tasks
from masthead.posts.models import Post, ReviewNote
from masthead.text.plain import is_storable

#: About a page of a book.
NOTE_CHARACTERS = 2_000


def checked_note(note: str) -> str:
    """Return the note as stored; raises `Invalid`."""
    note = note.replace("\r\n", "\n").strip()
    if not is_storable(note):
        raise Invalid("This text holds characters that cannot be stored.", field="note")
    if len(note) > NOTE_CHARACTERS:
        raise Invalid(f"A note has at most {NOTE_CHARACTERS} characters.", field="note")
    return note


def keep_note(post: Post, body: str, *, by: User, at: datetime) -> None:
    """Store the note with which ``by`` sent the post back, and email its author."""
    note = ReviewNote(post_id=post.id, author_id=by.id, body=body, created_at=at)
    db.session.add(note)
    db.session.flush()
    if delivery.is_on() and post.author_id != by.id:
        jobs.enqueue(tasks.tell_of_return, note.id)


def resolve_notes(post: Post, *, at: datetime) -> None:
    """Mark the notes of the post as resolved."""
    statement = update(ReviewNote).where(ReviewNote.post_id == post.id, ReviewNote.resolved_at.is_(None))
    db.session.execute(statement.values(resolved_at=at), execution_options={"synchronize_session": False})


def notes_on(post: Post) -> Select[ReviewNote]:
    """Return the notes of the post, latest first."""
    return (
        select(ReviewNote)
        .where(ReviewNote.post_id == post.id)
        .order_by(ReviewNote.id.desc())
        .options(joinedload(ReviewNote.author, innerjoin=True))
    )


def open_notes(post_ids: Collection[int]) -> dict[int, ReviewNote]:
    """Return the latest unresolved note of each of these posts, by the post's id."""
    if not post_ids:
        return {}
    statement = (
        select(ReviewNote)
        .where(ReviewNote.post_id.in_(post_ids), ReviewNote.resolved_at.is_(None))
        .order_by(ReviewNote.id)
        .options(joinedload(ReviewNote.author, innerjoin=True))
    )
    return {note.post_id: note for note in db.session.scalars(statement)}


def tell_editors(post: Post, *, by: User) -> None:
    """Queue an email to each editor, except the one who submitted the post."""
    if not delivery.is_on():
        return
    for user_id in db.session.scalars(accounts.reachable_with(Permission.EDIT_POSTS)):
        if user_id != by.id:
            key = f"post-submitted:{post.id}:{user_id}"
            jobs.enqueue(tasks.tell_of_submission, post.id, by.id, user_id, unique_key=key)


def tell_author_of_publication(post: Post, *, by: User) -> None:
    """Queue an email to the author, if somebody else published the post."""
    if delivery.is_on() and post.author_id != by.id:
        key = f"post-published:{post.id}"
        jobs.enqueue(tasks.tell_of_publishing, post.id, by.id, unique_key=key)
