"""A post as an editor page shows it: the working copy's text, and the details of a saved state."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from masthead.db import db
from masthead.posts import bylines
from masthead.posts.history import MOST_REVISIONS
from masthead.posts.models import Post, Revision, RevisionByline
from masthead.posts.working_copy import journal
from masthead.posts.working_copy.journal import PostKey
from masthead.posts.working_copy.texts import WorkingText

#: The details that posts and revisions hold by the same names.
_DETAILS = (
    "lead_image", "lead_alt", "lead_caption", "canonical_url", "language", "translation_key", "published_at",
    "comments_open", "meta_title", "meta_description", "card_title", "card_description", "card_image",
)  # fmt: skip
#: Plans, which revisions do not hold.
_PLANS = ("expires_at", "expires_to", "update_at")


@dataclass(frozen=True, slots=True)
class ShownPost:
    """The values of an editor page."""

    text: WorkingText
    #: The state that the page names when it is saved; see `masthead.posts.working_copy.journal.FIRST_VERSION`.
    version: int
    authors: str
    details: dict[str, Any]

    @property
    def is_working_copy(self) -> bool:
        """True if this is a state of the working copy, which readers do not see."""
        return self.version > journal.FIRST_VERSION

    @property
    def values(self) -> dict[str, Any]:
        """The values of the form's fields."""
        text = self.text
        return self.details | {
            "title": text.title,
            "summary": text.summary,
            "body": text.body,
            "slug": text.slug,
            "tags": ", ".join(text.tags),
            "authors": self.authors,
            "version": self.version,
            "published_at_which": self.details["published_at"],
            "expires_at_which": self.details["expires_at"],
            "update_at_which": self.details["update_at"],
        }


def saved(post: Post) -> ShownPost:
    """Return the saved state of a post, whose text, tags and bylines are loaded."""
    tags = tuple(tag.name for tag in post.tags)
    text = WorkingText(post.title, post.summary, post.body, tags, post.slug)
    return _with_details(post, text, post.version)


def now(post: Post) -> ShownPost:
    """Return what an editor page shows now: the working copy, if the post has one."""
    copy = journal.copy_of(post.id)
    if copy is None or not copy.is_open:
        return saved(post)
    return _with_details(post, journal.head_text(post.id, copy), copy.version)


def at_version(post: Post, version: int) -> ShownPost | None:
    """Return what a page showed that names this version; None if that is unknown."""
    found = journal.text_at(key_of(post), version)
    if found is None:
        return None
    text, post_version = found
    revision = None if post_version == post.version else _revision(post.id, post_version)
    if revision is None or not revision.is_whole:
        return _with_details(post, text, version)
    details = {name: getattr(revision, name) for name in _DETAILS}
    details |= {name: getattr(post, name) for name in _PLANS}
    authors = ", ".join(user.username for user in revision.bylines) or bylines.written(post)
    return ShownPost(text, version, authors, details)


def _revision(post_id: int, post_version: int) -> Revision | None:
    number = (
        select(func.max(Revision.number))
        .where(Revision.post_id == post_id, Revision.post_version <= min(post_version, MOST_REVISIONS))
        .scalar_subquery()
    )
    return db.session.scalar(
        select(Revision)
        .where(Revision.post_id == post_id, Revision.number == number)
        .options(selectinload(Revision.byline_rows).joinedload(RevisionByline.user, innerjoin=True))
    )


def key_of(post: Post) -> PostKey:
    """Return the columns of a loaded post that the journal needs."""
    return PostKey(post.id, post.author_id, post.status, post.version)


def _with_details(post: Post, text: WorkingText, version: int) -> ShownPost:
    details = {name: getattr(post, name) for name in (*_DETAILS, *_PLANS)}
    return ShownPost(text, version, bylines.written(post), details)
