"""Marks the matches in a text, and extracts its best passage. Pure."""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from masthead.search.folding import stemmed
from masthead.search.tokens import Compound, compounds
from masthead.search.wording import Term

PASSAGE_CHARACTERS: Final = 240
#: The characters of a passage before its first match.
_BEFORE: Final = 60
#: The characters that are searched behind the first match.
_LOOKED_AT: Final = 4_000
_ELLIPSIS: Final = "…"
_MARK: Final = Markup("<mark>{}</mark>")

#: Start, end, and the number of the term.
Span = tuple[int, int, int]


def marked(text: str, terms: tuple[Term, ...]) -> Markup:
    """Return the whole text, with matches in `mark`."""
    return _with_marks(text, list(_spans(text, terms)), 0, len(text))


def passage(text: str, terms: tuple[Term, ...]) -> Markup | None:
    """Return the passage with most of the terms, on one line; None if the text has no match."""
    spans = list(_spans(text, terms))
    if not spans:
        return None
    best = max(range(len(spans)), key=lambda number: (_terms_from(spans, number), -number))
    begin, end = _window(text, spans[best][0])
    return _with_marks(text, spans, begin, end)


def _terms_from(spans: list[Span], number: int) -> int:
    last = spans[number][0] + PASSAGE_CHARACTERS - _BEFORE
    near = (span for span in spans[number : number + 40] if span[1] <= last)
    return len({term for _, _, term in near})


def _window(text: str, at: int) -> tuple[int, int]:
    begin = max(0, at - _BEFORE)
    while 0 < begin < at and not text[begin - 1].isspace():
        begin += 1
    end = min(len(text), begin + PASSAGE_CHARACTERS)
    cut = text.rfind(" ", begin, end) if end < len(text) else -1
    return begin, cut if cut > begin + PASSAGE_CHARACTERS // 2 else end


def _with_marks(text: str, spans: list[Span], begin: int, end: int) -> Markup:
    pieces = [_ELLIPSIS if begin else ""]
    position = begin
    for start, stop in _merged([(a, b) for a, b, _ in spans if begin <= a and b <= end]):
        pieces += [_line(text[position:start]), _MARK.format(_line(text[start:stop]))]
        position = stop
    pieces += [_line(text[position:end]), _ELLIPSIS if end < len(text) else ""]
    return Markup().join(pieces)


def _line(text: str) -> Markup:
    return Markup.escape(text.replace("\n", " "))


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Merge spans that overlap or touch."""
    current: tuple[int, int] | None = None
    for start, stop in sorted(spans):
        if current is None or start > current[1]:
            if current is not None:
                yield current
            current = (start, stop)
        else:
            current = (current[0], max(current[1], stop))
    if current is not None:
        yield current


def _spans(text: str, terms: tuple[Term, ...]) -> Iterator[Span]:
    """Yield the matches of words, phrases and compounds, up to a distance behind the first one."""
    finders = [_Finder(number, term) for number, term in enumerate(terms)]
    first: int | None = None
    for at, compound in compounds(text):
        if first is not None and at > first + _LOOKED_AT:
            return
        for finder in finders:
            for span in finder.feed(at, compound):
                first = span[0] if first is None else first
                yield span


class _Finder:
    """Finds one term in a sequence of compounds."""

    def __init__(self, number: int, term: Term) -> None:
        self.number = number
        self.stems = term.stems
        self.prefix = term.prefix
        self.whole = {term.joined, stemmed(term.joined), *term.signs} - {""}
        self._row: list[tuple[str, int, int, tuple[str, ...]]] = []

    def feed(self, at: int, compound: Compound) -> Iterator[Span]:
        """Take the next compound; yield the matches that end in it."""
        if self.whole and not self.whole.isdisjoint(
            (*compound.forms, *(token.stem for token in compound.tokens))
        ):
            yield at, at + compound.tokens[-1].end, self.number
        for token in compound.tokens:
            self._row.append((token.stem, at + token.start, at + token.end, compound.forms))
            del self._row[: -len(self.stems)]
            if self._is_here():
                yield self._row[0][1], self._row[-1][2], self.number

    def _is_here(self) -> bool:
        if len(self._row) < len(self.stems):
            return False
        *before, last = self._row
        if any(seen[0] != stem for seen, stem in zip(before, self.stems, strict=False)):
            return False
        if last[0] == self.stems[-1]:
            return True
        begins = self.prefix and any(word.startswith(self.prefix) for word in (last[0], *last[3]))
        return bool(begins)
