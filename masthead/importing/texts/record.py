"""A text of an export, with its body in HTML and Markdown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from masthead.content.rendering import TITLE_CHARACTERS
from masthead.importing.items import Item, NoteCollector, SourceComment
from masthead.tags import actions as tags
from masthead.tags.models import NAME_CHARACTERS, TAGS_LIMIT
from masthead.text.excerpts import excerpt
from masthead.text.names import name_key

UNTITLED: Final = "Untitled"


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A part of a body in one notation."""

    text: str
    is_markdown: bool = False


@dataclass(slots=True)
class TextRecord:
    """A text; the item has no body."""

    item: Item
    parts: list[BodyPart] = field(default_factory=list)
    #: Cards and embeds that stay visible as they are, by name.
    visible: Counter[str] = field(default_factory=Counter)
    comments: list[SourceComment] = field(default_factory=list)


def fitting_title(title: str, notes: NoteCollector) -> str:
    """A title that a text may have."""
    title = " ".join(title.split())
    if len(title) > TITLE_CHARACTERS:
        notes.changed("title", f"cut, it was: {title}")
        return excerpt(title, TITLE_CHARACTERS)
    if not any(one.isalnum() for one in title) and not title:
        notes.changed("title", "it had none")
        return UNTITLED
    return title


def fitting_tags(names: Iterable[str], notes: NoteCollector) -> tuple[str, ...]:
    """The names of tags without duplicates and commas, and no more than a text may have."""
    found: dict[str, str] = {}
    for name in names:
        fitting = excerpt(" ".join(tags.without_comma(name).split()), NAME_CHARACTERS)
        if fitting:
            found.setdefault(name_key(fitting), fitting)
    kept = tuple(found.values())
    if len(kept) > TAGS_LIMIT:
        reason = f"a post has at most {TAGS_LIMIT}; left out: {', '.join(kept[TAGS_LIMIT:])[:1_000]}"
        notes.lost("tags beyond the limit", reason, count=len(kept) - TAGS_LIMIT)
    return kept[:TAGS_LIMIT]
