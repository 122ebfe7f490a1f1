"""The tokeniser of texts and queries. Pure, and the only one on both databases.

Words become folded stems in a row, so that phrases can be found. Runs of a script without spaces become overlapping
pairs of letters (docs/decisions/0014 says why). Aliases are indexed beside that row, without a position: unstemmed
words for prefixes, compounds written as one (`covid19`), and names whose sign matters (`c++`, `c#`, `.net`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from masthead.search.folding import UNSPACED, WORD_MARKS, stemmed, word

_LETTER: Final = f"[\\w{WORD_MARKS}]"
_JOINS: Final = "'’ʼ＇.\\-‐‑&"
_SYMBOLS: Final = "[\u2190-\u21ff\u2600-\u27bf\U0001f000-\U0001faff]"
_SYMBOL: Final = re.compile(_SYMBOLS)
_COMPOUND: Final = re.compile(
    rf"(?:(?<![\w.])\.(?=[A-Za-z]{{2}}))?{_LETTER}++(?>(?:[{_JOINS}]{_LETTER}+)*)(?:(?:\+{{1,2}}|#)(?!\w))?|{_SYMBOLS}"
)
_PART: Final = re.compile(f"[^_{_JOINS}+#]+")
_RUN: Final = re.compile(f"[{UNSPACED}]+|[^{UNSPACED}]+")
_HAS_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_APOSTROPHES: Final = "'’ʼ＇"
_SIGN: Final = re.compile(r"(\.)?[a-z][a-z0-9]{0,15}(\+{1,2}|#)?", re.IGNORECASE)
#: The minimum size of a token's position in an index.
_PLACE_BYTES: Final = 4
_JOINED_PARTS: Final = 4
#: The compared length of a word, from its beginning. PostgreSQL refuses words of more than 2,046 bytes.
WORD_CHARACTERS: Final = 60
#: The length up to which compounds are memoized; longer ones would fill the memory.
_REMEMBERED_CHARACTERS: Final = 60


class Token(NamedTuple):
    """An indexed word with its position in the text."""

    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Compound:
    """The tokens of a piece of text between spaces; positions count from its beginning."""

    tokens: tuple[Token, ...]
    #: Unstemmed words, and the compound as one word.
    forms: tuple[str, ...] = ()
    #: The compound written as one word, if it has several parts.
    joined: str = ""
    #: The name with its significant sign.
    sign: str = ""
    #: The unstemmed last part, for prefix search while somebody types.
    last: str = ""
    #: The tokens alone, and the index size of tokens and aliases with their positions.
    stems: tuple[str, ...] = ()
    bytes: int = 0
    #: True if the last token is the single letter that ends a run; a query that ends in the run omits it.
    ends_in_run: bool = False


def compounds(text: str) -> Iterator[tuple[int, Compound]]:
    """Yield the compounds of a text with their positions."""
    for found in _COMPOUND.finditer(text):
        yield found.start(), _compound(found.group())


def unplaced(text: str) -> Iterator[Compound]:
    """Yield the compounds of a text without positions, in half the time."""
    return map(_compound, _COMPOUND.findall(text))


def _compound(raw: str) -> Compound:
    return (_remembered if len(raw) <= _REMEMBERED_CHARACTERS else _analysed)(raw)


def _analysed(raw: str) -> Compound:
    if _SYMBOL.fullmatch(raw):
        return _made([Token(raw, 0, len(raw))])
    tokens: list[Token] = []
    forms: dict[str, None] = {}
    words: list[str] = []
    last, ends_in_run = "", False
    for part in _PART.finditer(raw):
        folded = word(part.group())
        if not folded:
            continue
        words.append(folded)
        if (
            folded == "s"
            and part.end() == len(raw)
            and part.start()
            and raw[part.start() - 1] in _APOSTROPHES
        ):
            continue
        found, last = _tokens_of(folded, part.start(), part.end())
        tokens += found
        ends_in_run = not last
        if last == folded != stemmed(folded):
            forms[folded] = None
    joined = "".join(words) if 2 <= len(words) <= _JOINED_PARTS else ""
    joined = joined if len(joined) <= WORD_CHARACTERS else ""
    sign = _sign(raw)
    forms.update(dict.fromkeys(filter(None, (joined, sign))))
    return _made(tokens, forms=tuple(forms), joined=joined, sign=sign, last=last, ends_in_run=ends_in_run)


def _made(tokens: list[Token], *, forms: tuple[str, ...] = (), **facts: Any) -> Compound:
    stems = tuple(token.stem for token in tokens)
    size = sum(len(word.encode()) + _PLACE_BYTES for word in (*stems, *forms))
    return Compound(tuple(tokens), forms, stems=stems, bytes=size, **facts)


_remembered = lru_cache(maxsize=65_536)(_analysed)


def _tokens_of(folded: str, start: int, end: int) -> tuple[list[Token], str]:
    """Return the tokens of one part, and its last word; no word if it ends in a run of a script without spaces."""
    if folded.isascii() or not _HAS_UNSPACED.search(folded):
        begun = folded[:WORD_CHARACTERS]
        return [Token(stemmed(begun), start, end)], begun
    tokens: list[Token] = []
    last = ""
    # Folding seldom changes the number of letters; if it does, the whole part is marked.
    exact = len(folded) == end - start
    for run in _RUN.finditer(folded):
        text, at = run.group(), run.start()
        last = "" if _HAS_UNSPACED.match(text) else text[:WORD_CHARACTERS]
        pieces = [(stemmed(last), 0, len(text))] if last else _pairs(text)
        for piece, first, behind in pieces:
            place = (start + at + first, start + at + behind) if exact else (start, end)
            tokens.append(Token(piece, *place))
    return tokens, last


def _pairs(run: str) -> list[tuple[str, int, int]]:
    """Return each pair of adjacent letters of a run, and the last letter alone."""
    return [(run[i : i + 2], i, min(i + 2, len(run))) for i in range(len(run))]


def _sign(raw: str) -> str:
    found = _SIGN.fullmatch(raw)
    return raw.lower() if found and (found[1] or found[2]) and raw.isascii() else ""
