"""Reports every mistake of the post form at once, in fields that have a valid type."""

from datetime import datetime
from typing import Any

from masthead.errors import Invalid, Mistakes
from masthead.people.models import User
from masthead.posts import bylines
from masthead.posts.details import Details
from masthead.posts.forms.post import DETAILS, PostForm
from masthead.posts.models import Post
from masthead.posts.validation import SubmittedPost, validate
from masthead.tags import actions as tags
from masthead.unset import UNSET, Unset

PUBLISHING = frozenset({"publish", "schedule"})


def mistakes_in(
    form: PostForm, post: Post | None, *, action: str, by: User, at: datetime
) -> tuple[Invalid, ...]:
    """Return every mistake; the caller rolls the transaction back."""
    shown = form.shown()
    said = {field.name for field in form if not field.errors and not form.kept(field.short_name, shown)}
    mistakes = Mistakes()
    names: tuple[str, ...] | Unset = UNSET
    with mistakes:
        names = tags.parse(form.tags.data or "") if "tags" in said else UNSET
    details: dict[str, Any] = {name: form[name].data or None for name in DETAILS if name in said}
    sent = SubmittedPost(
        texts=_texts(form, said) | {"tags": names},
        picture=form.lead_picture_update(),
        details=Details(**details),
        authors=bylines.parse(form.authors.data or "") if "authors" in said else UNSET,
        is_to_be_public=action in PUBLISHING and "body" in said,
    )
    for mistake in validate(sent, post=post, by=by, at=at):
        mistakes.add(mistake)
    with mistakes:
        if action == "schedule" and not form.published_at.errors:
            check_moment(form, post, at=at)
    return mistakes.found


def check_moment(form: PostForm, post: Post | None, *, at: datetime) -> datetime:
    """Return the moment of a scheduled post; raises `Invalid`."""
    when = form.published_at.kept(post.published_at if post is not None else None)
    if when is None:
        raise Invalid("Enter when the post should be published.", field="published_at")
    if when <= at:
        raise Invalid("Choose a time in the future, or publish the post now.", field="published_at")
    return when


def _texts(form: PostForm, said: set[str]) -> dict[str, Any]:
    texts = {name: form[name].data or "" for name in ("title", "summary", "body", "slug") if name in said}
    return {name: text.replace("\r\n", "\n") for name, text in texts.items()}
