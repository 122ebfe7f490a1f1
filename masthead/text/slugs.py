"""Makes the readable part of a URL from a title."""

import unicodedata
from typing import Final

from slugify import slugify as transliterate

SLUG_CHARACTERS: Final = 200
UNTITLED: Final = "untitled"

#: Longer titles are cut first: characters behind this cannot be part of a slug.
_TITLE_CHARACTERS: Final = 1_000
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ`´")
_NAMED_CHARACTERS: Final = 5


def slugify(title: str) -> str:
    """Return lower-case ASCII words joined by hyphens: never empty, at most 200 characters, cut at a word."""
    text = title[:_TITLE_CHARACTERS].translate(_APOSTROPHES)
    return _slug(text) or _slug(_names(text)) or UNTITLED


def _slug(text: str) -> str:
    slug = transliterate(
        text,
        entities=False,
        decimal=False,
        hexadecimal=False,
        max_length=SLUG_CHARACTERS,
        word_boundary=True,
        save_order=True,
    )
    return slug.strip("-")


def _names(text: str) -> str:
    """Spell out a title without letters: a rocket becomes `rocket`."""
    named = (
        unicodedata.name(character, "") for character in text if unicodedata.category(character)[0] == "S"
    )
    return " ".join([name for name in named if name][:_NAMED_CHARACTERS])
