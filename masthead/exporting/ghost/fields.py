"""Values as Ghost's importer accepts them: it refuses a whole row when one value is longer than its column."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from masthead.text.excerpts import excerpt

#: The columns of Ghost 5 that are shorter than ours.
LIMITS: Final = {
    "title": 255, "custom_excerpt": 300, "meta_title": 300, "meta_description": 500, "og_title": 300,
    "og_description": 500, "feature_image_alt": 191, "name": 191, "description": 500, "bio": 200, "website": 2_000,
}  # fmt: skip
LOCALE_CHARACTERS: Final = 6
SLUG_CHARACTERS: Final = 185
_IDS: Final = {"post": 0, "page": 1, "tag": 2, "user": 3, "comment": 4, "role": 5, "setting": 6, "link": 7}


def number(kind: str, row_id: int) -> str:
    """The id of a row: 24 hexadecimal digits, another one for each kind."""
    return f"{_IDS[kind]:02x}{row_id:022x}"


def fitting_slug(slug: str, row_id: int) -> str:
    """A slug that fits into its column; a longer one ends in the number of its text, which no other has."""
    return slug if len(slug) <= SLUG_CHARACTERS else f"{slug[: SLUG_CHARACTERS - 24].rstrip('-')}-{row_id}"


def identity(address: str) -> str:
    """A UUID that is the same in each export."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, address))


def moment(at: datetime | None) -> str | None:
    """A date in universal time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}" if at is not None else None


def row(**values: Any) -> tuple[dict[str, Any], int]:
    """A row without values that are too long, and the number of those that were cut."""
    cut = 0
    for name, value in values.items():
        limit = LIMITS.get(name)
        if limit is not None and isinstance(value, str) and len(value) > limit:
            values[name] = None if name == "website" else excerpt(value, limit)
            cut += 1
    return values, cut


def card(kind: str, text: str) -> str:
    """A body of one card, as every version of Ghost reads it since 1.0."""
    return json.dumps(
        {
            "version": "0.3.1",
            "ghostVersion": "4.0",
            "markups": [],
            "atoms": [],
            "cards": [[kind, {kind: text}]],
            "sections": [[10, 0]],
        },
        ensure_ascii=False,
    )
