"""Word-level differences between two states of a post: revisions, and what an editor page shows now."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from masthead.posts.models import Revision
from masthead.posts.working_copy.shown import ShownPost
from masthead.text import differences
from masthead.text.differences import Segment

#: Field names of the API and their labels, in the order in which pages show them.
LABELS: Final = {
    "title": "Title",
    "summary": "Excerpt",
    "body": "Content",
    "tags": "Tags",
    "slug": "URL slug",
    "authors": "Authors",
    "lead_image": "Lead picture",
    "lead_alt": "Alternative text",
    "lead_caption": "Caption",
    "canonical_url": "Canonical URL",
    "language": "Language",
    "translation_key": "Translation key",
    "meta_title": "Search headline",
    "meta_description": "Search description",
    "card_title": "Card headline",
    "card_description": "Card description",
    "card_image": "Card picture",
    "comments_open": "Comments",
    "published_at": "Date",
}
#: Fields that revisions from before schema version 0125 lack.
_DETAILS: Final = frozenset(LABELS) - {"title", "summary", "body", "tags", "slug"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs between two states."""

    field: str
    label: str
    segments: tuple[Segment, ...]


def of_revisions(old: Revision, new: Revision) -> list[FieldChange]:
    """Return the fields that differ between two revisions, whose texts and bylines are loaded."""
    before, after = _values(old), _values(new)
    names = LABELS if old.is_whole and new.is_whole else LABELS.keys() - _DETAILS
    return _changes(before, after, names)


def with_shown(old: Revision, now: ShownPost) -> list[FieldChange]:
    """Return the fields that differ between a revision and what an editor page shows now."""
    after = {name: _written(value) for name, value in now.values.items()}
    names = LABELS if old.is_whole else LABELS.keys() - _DETAILS
    return _changes(_values(old), after, names)


def _changes(before: dict[str, str], after: dict[str, str], names: Container[str]) -> list[FieldChange]:
    return [
        FieldChange(name, label, tuple(differences.segments(before[name], after[name])))
        for name, label in LABELS.items()
        if name in names and before[name] != after[name]
    ]


def _values(revision: Revision) -> dict[str, str]:
    values = {name: _written(getattr(revision, name)) for name in LABELS.keys() - {"tags", "authors"}}
    return values | {
        "tags": ", ".join(revision.tags),
        "authors": ", ".join(user.username for user in revision.bylines),
    }


def _written(value: object) -> str:
    """Return a value as people compare it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Open" if value else "Closed"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value)
