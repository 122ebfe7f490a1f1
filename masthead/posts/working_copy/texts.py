"""The text of a post as writers type it, its differences and its merges. Pure: knows no database."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Final

from masthead.text import differences, merging

#: Text fields, and their names in the journal, where each character counts.
_SPLICED: Final = {"title": "t", "summary": "s", "body": "b", "slug": "u"}
_TAGS: Final = "g"
_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class WorkingText:
    """The fields of a post that are typed."""

    title: str = ""
    summary: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()
    slug: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON, the tags as a list."""
        return {
            "title": self.title,
            "summary": self.summary,
            "body": self.body,
            "tags": list(self.tags),
            "slug": self.slug,
        }

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "WorkingText":
        """Return the text of such fields."""
        return cls(**fields | {"tags": tuple(fields.get("tags") or ())})


class CannotMerge(Exception):
    """Both texts changed the same words; ``fields`` names where."""

    def __init__(self, mine: WorkingText, theirs: WorkingText, fields: tuple[str, ...]) -> None:
        super().__init__("both texts changed the same words")
        self.mine = mine
        self.theirs = theirs
        self.fields = fields


def storable(text: str) -> str:
    """Replace what UTF-8 or PostgreSQL cannot hold, as browsers do in forms and CommonMark does with NUL."""
    return _UNSTORABLE.sub("\ufffd", text)


def changes(old: WorkingText, new: WorkingText) -> str:
    """Return what turns the old text into the new one, as compact JSON; an empty text if they are equal."""
    found: dict[str, Any] = {
        key: splices
        for name, key in _SPLICED.items()
        if (splices := differences.splices(getattr(old, name), getattr(new, name)))
    }
    if old.tags != new.tags:
        found[_TAGS] = new.tags
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""


def changed(text: WorkingText, written: str) -> WorkingText:
    """Apply the changes of an entry."""
    if not written:
        return text
    found = json.loads(written)
    values: dict[str, Any] = {
        name: differences.apply(getattr(text, name), found[key])
        for name, key in _SPLICED.items()
        if key in found
    }
    if _TAGS in found:
        values["tags"] = tuple(found[_TAGS])
    return replace(text, **values)


def merge(base: WorkingText | None, mine: WorkingText, theirs: WorkingText) -> WorkingText:
    """Return the text with the changes of both; raises `CannotMerge`. An unknown base merges equal texts only."""
    if mine == theirs or base == mine:
        return theirs
    if base == theirs:
        return mine
    merged: dict[str, Any] = {
        "title": _merge("title", base, mine, theirs),
        "summary": _merge("summary", base, mine, theirs),
        "body": _merge("body", base, mine, theirs),
        "slug": _merge("slug", base, mine, theirs),
    }
    touching = tuple(name for name, value in merged.items() if value is None)
    if touching:
        raise CannotMerge(mine, theirs, touching)
    tags = merging.merge_lists(base.tags if base else mine.tags, mine.tags, theirs.tags)
    return WorkingText(**merged, tags=tags)


def _merge(name: str, base: WorkingText | None, mine: WorkingText, theirs: WorkingText) -> str | None:
    ours, others = getattr(mine, name), getattr(theirs, name)
    if base is None:
        return ours if ours == others else None
    join = merging.merge_values if name == "slug" else merging.merge
    return join(getattr(base, name), ours, others)
