"""Reports every mistake of a submitted post at once. Actions stop at the first one, before they change anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from masthead.content.validation import check_texts
from masthead.errors import Invalid, Mistakes
from masthead.people.models import User
from masthead.posts import bylines
from masthead.posts.details import KEPT, NOTHING, Details, LeadPictureUpdate, check_details, lead_of
from masthead.posts.errors import NothingToPublish
from masthead.posts.models import Post
from masthead.posts.slugs import SLUGS
from masthead.text.markdown.renderer import render
from masthead.text.plain import is_blank
from masthead.unset import UNSET, Unset


@dataclass(frozen=True, slots=True)
class SubmittedPost:
    """The submitted values that have a valid type; others are left out."""

    #: The arguments of `masthead.content.rendering.render_text`.
    texts: Mapping[str, Any] = field(default_factory=dict)
    picture: LeadPictureUpdate = KEPT
    details: Details = NOTHING
    authors: Sequence[str] | Unset = UNSET
    is_to_be_public: bool = False


def validate(sent: SubmittedPost, *, post: Post | None, by: User, at: datetime) -> tuple[Invalid, ...]:
    """Return the mistakes of a new or changed post; the caller rolls the transaction back."""
    mistakes = Mistakes()
    with mistakes:
        check_texts(sent.texts)
    with mistakes:
        SLUGS.check_free(sent.texts.get("slug"), post)
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


def _is_empty(sent: SubmittedPost, post: Post | None) -> bool:
    url = sent.picture.url
    has_picture = bool(post and post.lead_image) if isinstance(url, Unset) else bool(url)
    return not has_picture and is_blank(render(sent.texts.get("body", "")).html)
