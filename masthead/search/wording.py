"""What somebody typed into the search field, taken apart. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from masthead.text.plain import is_storable

LONGEST_CHARACTERS: Final = 300
#: More words than people type; each costs a look into the index.
MOST_PHRASES: Final = 12
WORD_CHARACTERS: Final = 60

_PART: Final = re.compile(
    r'(?P<minus>-?)(?:(?P<field>author|tag|before|after):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))'
)
_WORD: Final = re.compile(r"[^\W_]+")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a post must hold, and what not."""

    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    author: str | None = None
    tag: str | None = None
    before: datetime | None = None
    after: datetime | None = None
    #: What was understood in no way, in the visitor's words.
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.phrases or self.author or self.tag or self.before or self.after)


def understood(typed: str) -> Wanted:
    """Read words, ``"phrases"``, ``-words``, ``author:``, ``tag:``, ``before:`` and ``after:`` (dates as 2026-11-21).

    No text is refused; what cannot be searched for is left out.
    """
    text = unicodedata.normalize("NFC", typed[:LONGEST_CHARACTERS]) if is_storable(typed) else ""
    phrases: list[Phrase] = []
    excluded: list[Phrase] = []
    fields: dict[str, str] = {}
    for part in _PART.finditer(text):
        content = part["quoted"] if part["quoted"] is not None else part["bare"]
        if part["field"]:
            fields[part["field"]] = content.strip()
        elif phrase := tuple(word[:WORD_CHARACTERS] for word in _WORD.findall(content)):
            (excluded if part["minus"] else phrases).append(phrase[:MOST_PHRASES])
    moments = {name: _day(fields[name]) for name in ("before", "after") if fields.get(name)}
    after = moments.get("after")
    return Wanted(
        phrases=tuple(phrases[:MOST_PHRASES]),
        excluded=tuple(excluded[:MOST_PHRASES]),
        author=fields.get("author") or None,
        tag=fields.get("tag") or None,
        before=moments.get("before"),
        after=after + timedelta(days=1) if after else None,
        problems=tuple(
            f"“{fields[name]}” is not a date; write it as 2026-11-21."
            for name, day in moments.items()
            if day is None
        ),
    )


def _day(text: str) -> datetime | None:
    """The midnight, in UTC, at which the day begins; a year or a month is its first day."""
    for missing in ("", "-01", "-01-01"):
        try:
            day = date.fromisoformat(text + missing)
        except ValueError:
            continue
        # The days at both ends of the calendar leave no room for arithmetic.
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if 1 < day.year < 9_000 else None
    return None


def folded(text: str) -> str:
    """The text without accents, so that *cafe* finds *café*."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
