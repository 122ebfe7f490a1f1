"""Limits the amount of text in a feed: a reader that fetches twenty posts must be able to show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final, Self

from masthead.text.excerpts import beginning


@dataclass(frozen=True, slots=True)
class LengthBudget:
    """A budget of HTML characters and tags."""

    characters: int
    tags: int

    def without(self, html: str) -> Self:
        """Return the remaining budget after a text; negative if the text does not fit."""
        return type(self)(self.characters - len(html), self.tags - html.count("<"))

    @property
    def is_overdrawn(self) -> bool:
        return self.characters < 0 or self.tags < 0


#: The longest of 509 posts of a real blog has 60,000 characters and 4,000 tags.
OF_ENTRY: Final = LengthBudget(1_000_000, 40_000)
OF_FEED: Final = LengthBudget(4_000_000, 160_000)
#: The budget of a text that does not fit.
EXCERPT_CHARACTERS: Final = 1_000


def that_fit(texts: Iterable[str]) -> list[bool]:
    """Return for each text whether it fits whole into the feed; earlier texts take precedence."""
    room, fit = OF_FEED, []
    for html in texts:
        left = room.without(html)
        is_whole = not left.is_overdrawn and not OF_ENTRY.without(html).is_overdrawn
        room = left if is_whole else room
        fit.append(is_whole)
    return fit


def shortened(html: str, address: str) -> str:
    """Return the beginning of a text, and a link to the whole."""
    words = escape(beginning(html, EXCERPT_CHARACTERS))
    return f'<p>{words}</p>\n<p><a href="{escape(address)}">Read the whole text, which is too long for a feed</a></p>\n'
