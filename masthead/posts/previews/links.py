"""Preview links: create, revoke, open, and leave a note. Whoever has a link sees the working copy, and nothing else."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import joinedload

from masthead import audit
from masthead.db import GREATEST_ID, db
from masthead.errors import Invalid, NotAllowed, NotFound
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.posts import queries
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit
from masthead.posts.previews.models import NOTE_NAME_CHARACTERS, PreviewLink, PreviewNote
from masthead.text.plain import is_storable, is_visible

DAYS: Final = 14
MOST_DAYS: Final = 365
MOST_LINKS: Final = 50
NOTE_CHARACTERS: Final = 5_000
MOST_NOTES: Final = 500
NO_PREVIEW: Final = "There is no such preview. The link may have expired."


def token_of(link: PreviewLink) -> str:
    """Return the secret part of the link's URL."""
    return f"{link.id}-{_signature(link.id, link.salt)}"


def _signature(link_id: int, salt: str) -> str:
    key = f"preview link {current_app.secret_key!r}".encode()
    return hmac.new(key, f"{link_id}:{salt}".encode(), hashlib.sha256).hexdigest()[:43]


def create(post: Post, *, by: User, at: datetime, days: int = DAYS, takes_notes: bool = False) -> PreviewLink:
    """Create a link that expires after some days."""
    _check_right(post, by)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"A preview link lasts 1 to {MOST_DAYS} days.", field="days")
    if len(db.session.scalars(of_post(post.id, at=at)).all()) >= MOST_LINKS:
        raise Invalid(f"A post has at most {MOST_LINKS} preview links. Revoke one first.", field="days")
    link = PreviewLink(
        post_id=post.id,
        salt=secrets.token_hex(16),
        takes_notes=takes_notes,
        created_by_id=by.id,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    db.session.add(link)
    db.session.flush()
    audit.record("post.preview_link_created", by=by, subject=post.title, post=post.id, days=days)
    return link


def revoke(post: Post, link_id: int, *, by: User) -> None:
    """End a link at once; raises `NotFound`."""
    _check_right(post, by)
    statement = delete(PreviewLink).where(PreviewLink.id == link_id, PreviewLink.post_id == post.id)
    if not db.session.execute(statement.returning(PreviewLink.id)).all():
        raise NotFound("There is no such preview link.")
    audit.record("post.preview_link_revoked", by=by, subject=post.title, post=post.id)


def revoke_all(post: Post, *, by: User) -> None:
    """End every link of the post."""
    _check_right(post, by)
    db.session.execute(delete(PreviewLink).where(PreviewLink.post_id == post.id))
    audit.record("post.preview_link_revoked", by=by, subject=post.title, post=post.id)


def _check_right(post: Post, by: User) -> None:
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can share this post.")


def of_post(post_id: int, *, at: datetime) -> Select[PreviewLink]:
    """Select the links of a post that have not expired, newest first, with the rights of their creators."""
    return (
        select(PreviewLink)
        .where(PreviewLink.post_id == post_id, PreviewLink.expires_at > at)
        .options(joinedload(PreviewLink.created_by, innerjoin=True).options(*accounts.WITH_RIGHTS))
        .order_by(PreviewLink.id.desc())
    )


def opened(token: str, *, at: datetime) -> PreviewLink:
    """Return the link of a token; raises `NotFound`, equally for unknown, revoked and expired ones.

    A link opens nothing while its creator may not edit the post.
    """
    number, _, signature = token.partition("-")
    link = None
    if number.isascii() and number.isdigit() and len(number) < 19 and int(number) <= GREATEST_ID:
        statement = (
            select(PreviewLink)
            .join(Post, Post.id == PreviewLink.post_id)
            .where(PreviewLink.id == int(number), Post.status != Status.TRASHED)
            .options(joinedload(PreviewLink.created_by, innerjoin=True).options(*accounts.WITH_RIGHTS))
        )
        link = db.session.scalar(statement)
    expected = _signature(link.id, link.salt) if link is not None else ""
    is_right = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    if link is None or not is_right or link.expires_at <= at:
        raise NotFound(NO_PREVIEW)
    if not can_edit(link.created_by, queries.get(link.post_id)):
        raise NotFound(NO_PREVIEW)
    return link


def leave_note(link: PreviewLink, *, name: str, body: str, at: datetime) -> None:
    """Store a note of a visitor, if the link allows notes."""
    if not link.takes_notes:
        raise NotAllowed("This preview takes no notes.")
    if not is_visible(body) or not is_storable(body + name):
        raise Invalid("Write a note.", field="body")
    if len(body) > NOTE_CHARACTERS or len(name) > NOTE_NAME_CHARACTERS:
        raise Invalid(f"A note has at most {NOTE_CHARACTERS} characters.", field="body")
    if len(db.session.scalars(notes_on(link.post_id)).all()) >= MOST_NOTES:
        raise Invalid("This preview has too many notes already.", field="body")
    note = PreviewNote(post_id=link.post_id, name=name.strip(), body=body.strip(), created_at=at)
    db.session.add(note)


def notes_on(post_id: int) -> Select[PreviewNote]:
    """Select the notes on a post, newest first."""
    return select(PreviewNote).where(PreviewNote.post_id == post_id).order_by(PreviewNote.id.desc())
