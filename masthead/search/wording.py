"""Parses the text of the search field. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from masthead import time_zones
from masthead.search.tokens import Token, compounds
from masthead.text.plain import is_storable

LONGEST_CHARACTERS: Final = 300
#: The maximum number of words; each costs an index lookup.
MOST_TERMS: Final = 12
#: The maximum length of a phrase; words beyond it are not compared.
MOST_STEMS: Final = 48
#: The minimum length of a prefix; shorter ones match too many words.
SHORTEST_PREFIX: Final = 2

_PART: Final = re.compile(
    r'(?P<minus>-?)(?:(?P<field>author|tag|before|after):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))'
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as indexed."""

    stems: tuple[str, ...]
    #: The parts of a compound written as one word, which matches as well.
    joined: str = ""
    #: Names with a significant sign, such as `c++`; they are required.
    signs: tuple[str, ...] = ()
    #: The prefix of the unfinished last word.
    prefix: str = ""
    #: The text as typed, for proposals.
    typed: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """The required and the excluded terms of a search."""

    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    author: str | None = None
    tag: str | None = None
    before: datetime | None = None
    after: datetime | None = None
    #: The parts that could not be parsed, as typed.
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to search for."""
        return not (self.terms or self.author or self.tag or self.before or self.after)


def understood(typed: str, *, zone: Callable[[], tzinfo] = lambda: UTC) -> SearchTerms:
    """Read words, ``"phrases"``, ``-words``, ``author:``, ``tag:``, ``before:`` and ``after:`` (dates as 2026-11-21).

    Days begin in the given zone, which is called only if the text names a day. The last word may be a prefix.
    Any text is accepted; parts that cannot be searched for are left out.
    """
    text = unicodedata.normalize("NFC", typed[:LONGEST_CHARACTERS]) if is_storable(typed) else ""
    terms: list[Term] = []
    excluded: list[Term] = []
    fields: dict[str, str] = {}
    for part in _PART.finditer(text):
        content = part["quoted"] if part["quoted"] is not None else part["bare"]
        if part["field"]:
            fields[part["field"]] = content.strip()
            continue
        is_last = part["bare"] is not None and part.end() == len(text) and not part["minus"]
        term = _term(content, may_go_on=is_last)
        if term is not None:
            (excluded if part["minus"] else terms).append(term)
    days = {name: _day(fields[name]) for name in ("before", "after") if fields.get(name)}
    before, after = days.get("before"), days.get("after")
    return SearchTerms(
        terms=tuple(terms[:MOST_TERMS]),
        excluded=tuple(excluded[:MOST_TERMS]),
        author=fields.get("author") or None,
        tag=fields.get("tag") or None,
        before=_beginning(before, zone()) if before else None,
        after=_beginning(after + timedelta(days=1), zone()) if after else None,
        problems=tuple(
            f"“{fields[name]}” is not a date; write it as 2026-11-21."
            for name, day in days.items()
            if day is None
        ),
    )


def _term(content: str, *, may_go_on: bool) -> Term | None:
    pieces = [compound for _, compound in compounds(content)][:MOST_TERMS]
    tokens = [token for compound in pieces for token in compound.tokens]
    if not tokens:
        return None
    last = pieces[-1]
    prefix = last.last if may_go_on and len(last.last) >= SHORTEST_PREFIX else ""
    if len(tokens) > MOST_STEMS:
        prefix = ""
    elif last.ends_in_run:
        prefix = _end_of_run(tokens)
    return Term(
        stems=tuple(token.stem for token in tokens[:MOST_STEMS]),
        joined=last.joined if len(pieces) == 1 else "",
        signs=tuple(compound.sign for compound in pieces if compound.sign),
        prefix=prefix,
        typed=content,
    )


def _end_of_run(tokens: list[Token]) -> str:
    """Drop the letter that ends a run: the word may continue. A run of one letter is the beginning of a pair."""
    end = tokens[-1].stem
    if len(tokens) > 1 and len(tokens[-2].stem) == 2 and tokens[-2].stem.endswith(end):
        tokens.pop()
        return ""
    return end


def _beginning(day: date, at: tzinfo) -> datetime:
    return time_zones.beginning(day.year, day.month, day.day, at)


def _day(text: str) -> date | None:
    """Return the day that the text names; a year or a month means its first day."""
    for missing in ("", "-01", "-01-01"):
        try:
            day = date.fromisoformat(text + missing)
        except ValueError:
            continue
        # The first and the last day of the calendar leave no room for arithmetic.
        return day if 1 < day.year < 9_000 else None
    return None
