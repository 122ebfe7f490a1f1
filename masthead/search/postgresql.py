"""Searching with PostgreSQL's text search (https://www.postgresql.org/docs/current/textsearch.html).

Entries and queries are written as literals of `tsvector` and `tsquery`, from the tokens of `masthead.search.tokens`: no
parser, dictionary or collation of the server has a say.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, cast, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from masthead.search.documents import Document
from masthead.search.folding import stemmed
from masthead.search.models import SearchDocument
from masthead.search.wording import SearchTerms, Term

#: The weights D, C, B and A: body, summary, names and title.
WEIGHTS: ColumnElement[Any] = literal_column("'{0.1, 0.4, 0.6, 1.0}'::float4[]")
#: PostgreSQL ignores further positions.
LAST_PLACE: Final = 16_383
MOST_PLACES: Final = 255
#: The gap between the parts of a document, so that no phrase spans two of them.
_GAP: Final = 2


def found(wanted: SearchTerms) -> Select[int, float]:
    """Select the matching documents with their rank."""
    return _matching(wanted, "")


def found_by_title(wanted: SearchTerms) -> Select[int, float]:
    """Select the matching documents that match in their titles."""
    return _matching(wanted, "A")


def vector(document: Document) -> ColumnElement[Any]:
    """Return the index entry of a document."""
    places: dict[str, list[str]] = {form: [] for form in document.forms.split()}
    place = 0
    parts = ((document.title, "A"), (document.authors, "B"), (document.summary, "C"), (document.body, ""))
    for part, weight in parts:
        for token in part.split():
            place += 1
            seen = places.setdefault(token, [])
            if len(seen) < MOST_PLACES:
                seen.append(f"{min(place, LAST_PLACE)}{weight}")
        place += _GAP
    entry = " ".join(
        f"{_quoted(token)}:{','.join(seen)}" if seen else _quoted(token) for token, seen in places.items()
    )
    return cast(literal(entry), TSVECTOR)


def query_of(wanted: SearchTerms, weight: str = "") -> str:
    """Return the literal of `tsquery`, for words of one weight or of all."""
    asked = [_expression(term, weight) for term in wanted.terms]
    asked += [_quoted(sign) for term in wanted.terms for sign in term.signs]
    asked += [f"!{_expression(term, '')}" for term in wanted.excluded]
    return " & ".join(asked)


def _matching(wanted: SearchTerms, weight: str) -> Select[int, float]:
    query = cast(literal(query_of(wanted, weight)), TSQUERY)
    return select(
        SearchDocument.post_id.label("post_id"),
        func.ts_rank(WEIGHTS, SearchDocument.vector, query).label("score"),
    ).where(SearchDocument.vector.bool_op("@@")(query))


def _expression(term: Term, weight: str) -> str:
    ways = [_phrase(*term.stems, flags=weight)]
    if term.joined:
        ways += [_phrase(word, flags=weight) for word in (term.joined, stemmed(term.joined))]
    if term.prefix:
        *before, _ = term.stems
        row = [_phrase(stem, flags=weight) for stem in before]
        ways.append(" <-> ".join([*row, f"{_quoted(term.prefix)}:*{weight}"]))
    return f"({' | '.join(f'({way})' for way in ways)})"


def _phrase(*words: str, flags: str) -> str:
    return " <-> ".join(f"{_quoted(word)}:{flags}" if flags else _quoted(word) for word in words)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
