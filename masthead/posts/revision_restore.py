"""Restores a revision. The history only grows: the restored state becomes its newest revision."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from masthead.content.rendering import Picture, RenderedText, render_text
from masthead.db import snapshot
from masthead.errors import NotAllowed, NotFound
from masthead.people.models import User
from masthead.posts import actions, history
from masthead.posts.details import Details
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, Revision
from masthead.posts.permissions import can_credit, can_edit, can_publish
from masthead.tags import actions as tags
from masthead.unset import UNSET


@dataclass(frozen=True, slots=True)
class Prepared:
    """A revision, rendered again: the rendering rules may have changed since."""

    revision: Revision
    rendered: RenderedText


def prepare(posts: Select[Post], number: int, *, by: User) -> Prepared:
    """Load and render a revision of the statement's post, before a transaction; raises `NotFound`."""
    with snapshot() as session:
        post = session.scalars(posts).unique().one_or_none()
        found = session.scalar(history.numbered(post.id, number)) if post is not None else None
    if post is None or not can_edit(by, post):
        raise NotFound("There is no such post.")
    if found is None:
        raise NotFound(history.MISSING)
    rendered = render_text(title=found.title, body=found.body, summary=found.summary)
    return Prepared(found, dataclasses.replace(rendered, tags=tuple(map(tags.without_comma, found.tags))))


def restore(post: Post, prepared: Prepared, *, by: User, at: datetime) -> None:
    """Save the revision as the newest one. Slug and status stay, as do bylines and date that the person may not set."""
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can change this post.")
    revision, rendered = prepared.revision, prepared.rendered
    details: dict[str, Any] = {}
    if revision.is_whole:
        lead = (
            Picture(revision.lead_image, revision.lead_alt, revision.lead_caption)
            if revision.lead_image
            else None
        )
        rendered = dataclasses.replace(rendered, lead=lead)
        # As they were stored then, even if they would be refused today.
        post.canonical_url, post.language = revision.canonical_url, revision.language
        post.translation_key, post.card_image = revision.translation_key, revision.card_image
        for name in history.WORDS:
            setattr(post, name, getattr(revision, name))
        details["comments_open"] = revision.comments_open
        details["published_at"] = _date(post, revision, by=by, at=at)
        details["bylines"] = revision.bylines if _may_credit(post, revision, by=by) else UNSET
    note = f"Restored from revision {revision.number}"
    actions.revise(post, rendered, by=by, at=at, details=Details(**details, note=note))


def _date(post: Post, revision: Revision, *, by: User, at: datetime) -> Any:
    when = revision.published_at
    # A future date would hide a public post from its readers.
    takes_away = post.status is Status.PUBLIC and when is not None and when > at
    return UNSET if when is None or takes_away or not can_publish(by, post) else when


def _may_credit(post: Post, revision: Revision, *, by: User) -> bool:
    present = [row.user_id for row in post.byline_rows] or [post.author_id]
    return can_credit(by, present, [row.user_id for row in revision.byline_rows])
