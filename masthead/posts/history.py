"""Revisions of posts: each contains everything that readers see."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from masthead.db import db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.posts.models import Post, Revision, RevisionByline

#: PostgreSQL's column holds no larger number, and a query with one would fail.
MOST_REVISIONS: Final = 2**31 - 1
MISSING: Final = "This post has no such revision."
#: The columns that posts and revisions share, beside status and text.
ALIKE: Final = (
    "title", "slug", "summary", "lead_image", "lead_alt", "lead_caption", "canonical_url", "language", "translation_key",
    "published_at",
)  # fmt: skip


def values_of(post: Post) -> dict[str, Any]:
    """Return the column values that a revision copies from the post."""
    return {name: getattr(post, name) for name in ALIKE} | {
        # Before its first flush, a post has no defaults in empty columns.
        "lead_alt": post.lead_alt or "",
        "lead_caption": post.lead_caption or "",
        "comments_open": post.comments_open is not False,
        "status": post.status.value,
        "is_whole": True,
    }


def keep(post: Post, body: str, *, by: User, at: datetime, note: str) -> None:
    """Store the present state of a post, whose tags and bylines are loaded."""
    last = db.session.scalar(select(func.max(Revision.number)).where(Revision.post_id == post.id)) or 0
    db.session.add(
        Revision(
            **values_of(post),
            post_id=post.id,
            number=last + 1,
            body=body,
            tags=[tag.name for tag in post.tags],
            author_id=by.id,
            note=note,
            created_at=at,
        )
    )
    # The statement of the bylines refers to the row.
    db.session.flush()
    db.session.add_all(
        RevisionByline(post_id=post.id, number=last + 1, position=row.position, user_id=row.user_id)
        for row in post.byline_rows
    )


def numbered(post_id: int, number: int) -> Select[Revision]:
    """Select a revision with its text and bylines."""
    # A number above the column's maximum would be a database error.
    return (
        select(Revision)
        .where(Revision.post_id == post_id, Revision.number == min(number, MOST_REVISIONS))
        .options(
            undefer(Revision.body),
            joinedload(Revision.author, innerjoin=True),
            selectinload(Revision.byline_rows).joinedload(RevisionByline.user, innerjoin=True),
        )
    )


def get(post: Post, number: int) -> Revision:
    """Return the revision with this number; raises `NotFound`."""
    found = db.session.scalar(numbered(post.id, number))
    if found is None:
        raise NotFound(MISSING)
    return found
