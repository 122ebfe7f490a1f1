"""Queries for changes of many posts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from masthead.db import GREATEST_ID, db
from masthead.errors import NotFound
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.bulk.models import BulkChange
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import Owned, can_edit

_COLUMNS: Final[Select[int, str, str]] = select(Post.id, Post.title, Post.slug)


@dataclass(frozen=True, slots=True)
class ChosenPost:
    """A post that somebody chose; without an id, there is none that the person knows of."""

    post_id: int | None
    title: str
    slug: str


def with_recipient(change_id: int) -> Select[BulkChange]:
    """Select a change of many with the person to whom posts are handed over."""
    recipient = joinedload(BulkChange.recipient)
    return select(BulkChange).where(BulkChange.id == change_id).options(recipient.joinedload(User.role))


def get(change_id: int, *, owner: User) -> BulkChange:
    """Return the person's own change of many with its posts; raises `NotFound`."""
    statement = (
        with_recipient(min(change_id, GREATEST_ID))
        .where(BulkChange.user_id == owner.id)
        .options(selectinload(BulkChange.items))
    )
    change = db.session.scalar(statement, execution_options={"populate_existing": True})
    if change is None:
        raise NotFound("There is no such change of many posts.")
    return change


def known_to(person: User) -> ColumnElement[bool]:
    """Return the condition that a person knows of a post: in the trash, too, where it can be restored from."""
    if person.can(Permission.EDIT_POSTS):
        return and_(Post.id.is_not(None))
    return or_(Post.is_published, Post.author_id == person.id)


def at_slugs(slugs: Sequence[str], *, reader: User) -> list[ChosenPost]:
    """Return the posts at these slugs, once each; those that the person does not know of have no id."""
    rows = db.session.execute(_COLUMNS.where(Post.slug.in_(slugs), known_to(reader)))
    found = {row.slug: ChosenPost(row.id, row.title, row.slug) for row in rows}
    return [found.get(slug) or ChosenPost(None, slug, slug) for slug in dict.fromkeys(slugs)]


def with_ids(post_ids: Collection[int], *, reader: User) -> list[ChosenPost]:
    """Return the posts with these ids that a person knows of."""
    statement = _COLUMNS.where(Post.id.in_(post_ids), known_to(reader)).order_by(Post.title, Post.id)
    return [ChosenPost(row.id, row.title, row.slug) for row in db.session.execute(statement)]


def editable_among(post_ids: Collection[int], *, by: User) -> set[int]:
    """Return the ids of those posts that a person can open in the editor now."""
    columns = (Post.id, Post.author_id, Post.status)
    rows = db.session.execute(select(*columns).where(Post.id.in_(post_ids), Post.status != Status.TRASHED))
    return {row.id for row in rows if can_edit(by, cast(Owned, row))}


def latest(owner: User, *, since: datetime) -> BulkChange | None:
    """Return the person's last change of many, if it is not older."""
    statement = select(BulkChange).where(BulkChange.user_id == owner.id, BulkChange.created_at >= since)
    return db.session.scalar(statement.order_by(BulkChange.id.desc()).limit(1))
