"""Reports every mistake of a submitted post at once. Actions stop at the first one, before they change anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from masthead.db import db
from masthead.errors import Invalid, Mistakes
from masthead.people.models import User
from masthead.posts import bylines
from masthead.posts.details import KEPT, NOTHING, Details, PictureWish, check_details, lead_of
from masthead.posts.errors import NothingToPublish, SlugTaken
from masthead.posts.models import Post, PostSlug
from masthead.posts.rendering import render_text
from masthead.text.markdown.renderer import render
from masthead.text.plain import is_blank
from masthead.text.slugs import slugify
from masthead.unset import UNSET, Unset

#: A placeholder for a text that was omitted or has a known mistake.
_RIGHT = {"title": "A title", "body": "A text."}


@dataclass(frozen=True, slots=True)
class SubmittedPost:
    """The submitted values that have a valid type; others are left out."""

    #: The arguments of `masthead.posts.rendering.render_text`.
    texts: Mapping[str, Any] = field(default_factory=dict)
    picture: PictureWish = KEPT
    details: Details = NOTHING
    authors: Sequence[str] | Unset = UNSET
    is_to_be_public: bool = False


def validate(sent: SubmittedPost, *, post: Post | None, by: User, at: datetime) -> tuple[Invalid, ...]:
    """Return the mistakes of a new or changed post; the caller rolls the transaction back."""
    mistakes = Mistakes()
    with mistakes:
        render_text(**_RIGHT | dict(sent.texts))
    with mistakes:
        check_free(sent.texts.get("slug"), post)
    with mistakes:
        lead_of(post, sent.picture)
    with mistakes:
        check_details(sent.details, post)
    with mistakes:
        if not isinstance(sent.authors, Unset):
            bylines.people(sent.authors, post=post, by=by, at=at)
    with mistakes:
        if sent.is_to_be_public and _is_empty(sent, post):
            raise NothingToPublish
    return mistakes.found


def check_free(wanted: str | None, post: Post | None) -> None:
    """Raise `SlugTaken` if another post has the slug. The action makes the final check, against races."""
    if wanted is None or not wanted.strip() or (post is not None and slugify(wanted) == post.slug):
        return
    slug = slugify(wanted)
    taken = db.session.execute(select(PostSlug.post_id).where(PostSlug.slug == slug)).first()
    if taken is not None and (post is None or taken.post_id != post.id):
        raise SlugTaken(slug)


def _is_empty(sent: SubmittedPost, post: Post | None) -> bool:
    url = sent.picture.url
    has_picture = bool(post and post.lead_image) if isinstance(url, Unset) else bool(url)
    return not has_picture and is_blank(render(sent.texts.get("body", "")).html)
