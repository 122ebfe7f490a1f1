"""Revisions of posts: each contains everything that readers see."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload, selectinload, undefer

from masthead.db import db
from masthead.errors import Invalid, NotFound
from masthead.people.models import User
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, Revision, RevisionByline
from masthead.text.plain import is_storable

#: PostgreSQL's column holds no larger number, and a query with one would fail.
MOST_REVISIONS: Final = 2**31 - 1
NAME_CHARACTERS: Final = 120
MISSING: Final = "This post has no such revision."
#: The columns that posts and revisions share, beside status and text.
ALIKE: Final = (
    "title", "slug", "summary", "lead_image", "lead_alt", "lead_caption", "canonical_url", "language", "translation_key",
    "published_at", "card_image",
)  # fmt: skip
#: The words that search results and cards show, empty by default.
WORDS: Final = ("meta_title", "meta_description", "card_title", "card_description")


def values_of(post: Post) -> dict[str, Any]:
    """Return the column values that a revision copies from the post."""
    return {name: getattr(post, name) for name in ALIKE} | {
        # Before its first flush, a post has no defaults in empty columns.
        "lead_alt": post.lead_alt or "",
        "lead_caption": post.lead_caption or "",
        **{name: getattr(post, name) or "" for name in WORDS},
        "comments_open": post.comments_open is not False,
        "status": post.status.value,
        "is_whole": True,
    }


class Kind(StrEnum):
    """The reasons for which a revision is stored."""

    SAVED = "saved"
    #: The last autosave of a sitting.
    AUTOSAVE = "autosave"
    #: A text that could not be merged.
    CONFLICT = "conflict"
    #: A working copy that was discarded.
    DISCARDED = "discarded"


def keep(post: Post, body: str, *, by: User, at: datetime, note: str) -> None:
    """Store the present state of a post, whose tags and bylines are loaded."""
    number = next_number(post.id)
    db.session.add(
        Revision(
            **values_of(post),
            post_id=post.id,
            number=number,
            body=body,
            tags=[tag.name for tag in post.tags],
            author_id=by.id,
            note=note,
            created_at=at,
            was_public=post.status is Status.PUBLIC,
            post_version=post.version,
        )
    )
    _keep_bylines(post, number)


def keep_text(
    post: Post, text: dict[str, Any], kind: Kind, *, author_id: int, at: datetime, note: str = ""
) -> int:
    """Store a text that the post does not have, with its other details; return the number of the revision."""
    number = next_number(post.id)
    values = values_of(post) | text
    stored = {"post_id": post.id, "number": number, "author_id": author_id, "created_at": at}
    db.session.add(Revision(**values, **stored, kind=kind, note=note))
    _keep_bylines(post, number)
    return number


def next_number(post_id: int) -> int:
    """Return the number of the next revision."""
    last = db.session.scalar(select(func.max(Revision.number)).where(Revision.post_id == post_id)) or 0
    return last + 1


def _keep_bylines(post: Post, number: int) -> None:
    # The statement of the bylines refers to the row.
    db.session.flush()
    db.session.add_all(
        RevisionByline(post_id=post.id, number=number, position=row.position, user_id=row.user_id)
        for row in post.byline_rows
    )


def mark_public(post: Post) -> None:
    """Mark the last saved revision as one that readers see, after the post was published."""
    db.session.flush()
    saved = select(func.max(Revision.number)).where(Revision.post_id == post.id, Revision.kind == Kind.SAVED)
    statement = update(Revision).where(
        Revision.post_id == post.id, Revision.number == saved.scalar_subquery()
    )
    db.session.execute(statement.values(was_public=True), execution_options={"synchronize_session": False})


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


def has_saved(post_id: int, user_id: int) -> bool:
    """Return whether a person saved the post; a text that was only kept does not count."""
    saved = (Revision.post_id == post_id, Revision.author_id == user_id, Revision.kind == Kind.SAVED)
    return db.session.scalar(select(Revision.id).where(*saved).limit(1)) is not None


def newest_saved(post_id: int) -> int | None:
    """Return the number of the newest revision that was saved as the post's text."""
    saved = (Revision.post_id == post_id, Revision.kind == Kind.SAVED)
    return db.session.scalar(select(func.max(Revision.number)).where(*saved))


def set_name(revision: Revision, name: str) -> None:
    """Name a revision, so that people find it again; an empty name removes it."""
    name = " ".join(name.split())
    if len(name) > NAME_CHARACTERS or not is_storable(name):
        raise Invalid(f"The name of a revision has at most {NAME_CHARACTERS} characters.", field="name")
    revision.name = name
