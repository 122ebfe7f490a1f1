"""The words of a file that people write, and the point that crops keep; checked here, set by the actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from masthead.errors import Invalid, Mistakes
from masthead.media.models import (
    ALT_CHARACTERS,
    CAPTION_CHARACTERS,
    CREDIT_CHARACTERS,
    LICENCE_CHARACTERS,
    NAME_CHARACTERS,
    Media,
)
from masthead.text.plain import is_storable
from masthead.unset import UNSET, Unset, chosen

_LENGTHS: Final = {
    "alt": ALT_CHARACTERS,
    "caption": CAPTION_CHARACTERS,
    "credit": CREDIT_CHARACTERS,
    "licence": LICENCE_CHARACTERS,
}
#: The controls that turn the direction of text (Unicode UAX 9): a name could show another extension than it has.
_DIRECTIONS: Final = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a file; those that are unset stay."""

    alt: str | Unset = UNSET
    decorative: bool | Unset = UNSET
    caption: str | Unset = UNSET
    credit: str | Unset = UNSET
    licence: str | Unset = UNSET
    focal_x: float | Unset = UNSET
    focal_y: float | Unset = UNSET


NOTHING: Final = Words()


def mistakes(words: Words) -> Iterable[Invalid]:
    """Return everything that is wrong with the words."""
    for name, most in _LENGTHS.items():
        text = getattr(words, name)
        if isinstance(text, str) and len(text) > most:
            yield Invalid(f"Write at most {most:,} characters.", field=name)
        elif isinstance(text, str) and not is_storable(text):
            yield Invalid("This holds characters that cannot be stored.", field=name)
    if words.decorative is True and isinstance(words.alt, str) and words.alt.strip():
        yield Invalid("A decorative picture has no alternative text. Choose one of both.", field="alt")
    for name in ("focal_x", "focal_y"):
        value = getattr(words, name)
        if isinstance(value, float | int) and not 0 <= value <= 1:
            yield Invalid("The focal point lies inside the picture: between 0 and 1.", field=name)


def check(words: Words) -> None:
    """Raise `Invalid` with everything that is wrong."""
    found = Mistakes()
    for mistake in mistakes(words):
        found.add(mistake)
    found.settle()


def set_words(media: Media, words: Words) -> None:
    """Set the words of a file, which have been checked."""
    media.alt = one_line(chosen(words.alt, media.alt or ""))
    media.decorative = chosen(words.decorative, bool(media.decorative))
    if words.decorative is True:
        media.alt = ""
    elif media.alt:
        media.decorative = False
    media.caption = chosen(words.caption, media.caption or "").strip()
    media.credit = one_line(chosen(words.credit, media.credit or ""))
    media.licence = one_line(chosen(words.licence, media.licence or ""))
    media.focal_x = chosen(words.focal_x, media.focal_x)
    media.focal_y = chosen(words.focal_y, media.focal_y)


def one_line(text: str) -> str:
    """Return a text for people on one line, without characters that no database can store; a file name may hold any."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").split())


def file_name(name: str) -> str:
    """Return the last part of a file name, on one line, in its visible order, and not too long; it keeps its extension."""
    last = one_line(name.replace("\\", "/").rpartition("/")[2].translate(_DIRECTIONS)).strip(". ")
    stem, dot, ending = last.rpartition(".")
    if len(last) > NAME_CHARACTERS and dot and len(ending) <= 10:
        return f"{stem[: NAME_CHARACTERS - len(ending) - 1]}.{ending}"
    return last[:NAME_CHARACTERS] or "unnamed"
