"""The content that carries tags, such as posts.

Tags stand below their content, and know it only by `TaggedContent`, which the content's feature registers at the start.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Select, false, or_, select

from masthead.db import db
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.tags.models import Tag

EXTENSION: Final = "masthead.tagged_content"


class TaggedContent(Protocol):
    """A kind of content with tags."""

    def counts(self, tag_ids: Sequence[int]) -> dict[int, int]:
        """Return the number of texts with each of these tags, public or not, by tag id; one query."""
        ...

    def is_seen_by(self, reader: User | None) -> ColumnElement[bool]:
        """Return the condition on `Tag` that a person may see a text with it."""
        ...

    def was_public(self, tag: Tag) -> bool:
        """Return whether a text with this tag is, or was, published, regardless of its present status."""
        ...

    def replace_tag(self, tag: Tag, into: Tag) -> int:
        """Give ``into`` to every text with ``tag``, and return their number."""
        ...


def register(app: Flask, content: TaggedContent) -> None:
    """Add a kind of content to those that carry tags."""
    app.extensions.setdefault(EXTENSION, []).append(content)


def _registered() -> list[TaggedContent]:
    found: list[TaggedContent] = current_app.extensions[EXTENSION]
    return found


def counts(tags: Sequence[Tag]) -> dict[int, int]:
    """Return the number of texts with each of these tags, by tag id; tags without any are left out."""
    ids, total = [tag.id for tag in tags], Counter[int]()
    for content in _registered():
        total.update(content.counts(ids))
    return dict(total)


def visible_to(reader: User | None) -> Select[Tag]:
    """Select the tags that a person may know of, by name.

    Readers know a tag by its published posts, writers by their own drafts too, and who manages tags knows all of them.
    """
    statement = select(Tag).order_by(Tag.key, Tag.id)
    if reader is not None and reader.can(Permission.MANAGE_TAGS):
        return statement
    return statement.where(or_(false(), *(content.is_seen_by(reader) for content in _registered())))


def is_visible(tag: Tag, reader: User | None) -> bool:
    """Return whether a person may know of a tag."""
    return db.session.scalar(visible_to(reader).where(Tag.id == tag.id)) is not None


def was_public(tag: Tag) -> bool:
    """Return whether readers can have seen the tag on any content."""
    return any(content.was_public(tag) for content in _registered())


def replace(tag: Tag, into: Tag) -> int:
    """Give ``into`` to all content with ``tag``, and return the number of texts."""
    return sum(content.replace_tag(tag, into) for content in _registered())
