"""Converts request bodies to the arguments of actions: PUT and POST set everything, PATCH the given members."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from masthead.errors import Invalid, Mistakes
from masthead.people.models import User
from masthead.posts import bylines, validation
from masthead.posts.api.schemas import LeadImage, LeadImageChange, PostChange, PostInput
from masthead.posts.details import Details, LeadPictureUpdate
from masthead.posts.history import WORDS
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.validation import SubmittedPost
from masthead.unset import UNSET, Unset

#: Members that null removes; elsewhere null has no effect.
CLEARABLE = frozenset(
    {
        "canonical_url",
        "language",
        "translation_key",
        *WORDS,
        "card_image",
        "expires_at",
        "expires_to",
        "update_at",
    }
)


def details_of(body: PostInput | PostChange, post: Post | None, *, by: User, at: datetime) -> Details:
    """Return the requested details of a post; the post is None during creation."""
    said = _said(body)
    values: dict[str, Any] = {name: getattr(body, name) for name in CLEARABLE & said}
    if "comments_open" in said and body.comments_open is not None:
        values["comments_open"] = body.comments_open
    return Details(
        **values,
        published_at=_date(body, post, at=at),
        bylines=_bylines(body, post, by=by, at=at),
        note=body.note or "",
    )


def _said(body: PostInput | PostChange) -> frozenset[str]:
    """Return the members that take effect."""
    fields = type(body).model_fields if isinstance(body, PostInput) else body.model_fields_set
    return frozenset(fields)


def _bylines(
    body: PostInput | PostChange, post: Post | None, *, by: User, at: datetime
) -> list[User] | Unset:
    if body.authors is None:
        return [] if isinstance(body, PostInput) and post is not None else UNSET
    return bylines.people(body.authors, post=post, by=by, at=at)


def _date(body: PostInput | PostChange, post: Post | None, *, at: datetime) -> datetime | Unset | None:
    """Return the date to set before the transition that publishes the post."""
    when = body.published_at
    if when is None:
        is_cleared = isinstance(body, PostChange) and "published_at" in body.model_fields_set
        return None if is_cleared else UNSET
    if post is not None and when == post.published_at:
        return UNSET
    _check_date(when, body.status, post, at=at)
    return when


def _check_date(when: datetime, wish: str | None, post: Post | None, *, at: datetime) -> None:
    stays_public = wish is None and post is not None and post.status is Status.PUBLIC
    if when > at and wish != "published" and not stays_public:
        raise Invalid("A date in the future needs the status published.", field="published_at")


def lead_picture_update(body: PostInput | PostChange) -> LeadPictureUpdate:
    """Return the requested lead image."""
    return _picture_update(body.lead_image, is_said="lead_image" in _said(body))


def _picture_update(image: LeadImage | LeadImageChange | None, *, is_said: bool) -> LeadPictureUpdate:
    match image:
        case LeadImage(url=url, alt=alt, caption=caption):
            return LeadPictureUpdate(url, alt, caption)
        case LeadImageChange() as change:
            said = change.model_fields_set
            # Null removes the description; a null URL removes the image.
            return LeadPictureUpdate(
                url=change.url if "url" in said else UNSET,
                alt=change.alt or "" if "alt" in said else UNSET,
                caption=change.caption or "" if "caption" in said else UNSET,
            )
        case _:
            return LeadPictureUpdate(None, "", "") if is_said else LeadPictureUpdate()


def mistakes_in(said: Mapping[str, Any], post: Post | None, *, by: User, at: datetime) -> Iterable[Invalid]:
    """Return the mistakes in the members that have a valid type."""
    sent = SubmittedPost(
        texts={
            name: said[name] for name in ("title", "body", "summary", "slug") if said.get(name) is not None
        }
        | ({"tags": tuple(said["tags"])} if said.get("tags") is not None else {}),
        picture=_picture_update(said.get("lead_image"), is_said="lead_image" in said),
        details=Details(
            **{name: said[name] for name in CLEARABLE & said.keys()}, note=said.get("note") or ""
        ),
        authors=UNSET if said.get("authors") is None else said["authors"],
        is_to_be_public=said.get("status") == "published" and (post is None or "body" in said),
    )
    mistakes = Mistakes(validation.validate(sent, post=post, by=by, at=at))
    when = said.get("published_at")
    with mistakes:
        if when is not None and not (post is not None and when == post.published_at):
            _check_date(when, said.get("status"), post, at=at)
    return mistakes.found
