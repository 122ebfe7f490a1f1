"""Searching with SQLite's FTS5 (https://www.sqlite.org/fts5.html), over the tokens of `masthead.search.tokens`."""

from sqlalchemy import ColumnElement, Select, column, literal_column, select, table, text

from masthead.search.folding import stemmed
from masthead.search.models import INDEX
from masthead.search.wording import SearchTerms, Term

_index = table(INDEX, column("rowid"))
_MATCH = text(f"{INDEX} MATCH :expression")
#: The weights of title, summary, body, names and aliases.
_SCORE: ColumnElement[float] = literal_column(f"-bm25({INDEX}, 12.0, 4.0, 1.0, 6.0, 0.5)")


def found(wanted: SearchTerms) -> Select[int, float]:
    """Select the matching documents with their rank."""
    signs = [_quoted(sign) for term in wanted.terms for sign in term.signs]
    return _matching(" AND ".join([*map(_expression, wanted.terms), *signs]) + _without(wanted))


def found_by_title(wanted: SearchTerms) -> Select[int, float]:
    """Select the matching documents that match in their titles."""
    signs = "".join(f" AND {_quoted(sign)}" for term in wanted.terms for sign in term.signs)
    titles = " AND ".join(f"{{title}} : {_expression(term)}" for term in wanted.terms)
    return _matching(f"{titles}{signs}{_without(wanted)}")


def _matching(expression: str) -> Select[int, float]:
    return select(_index.c.rowid.label("post_id"), _SCORE.label("score")).where(
        _MATCH.bindparams(expression=expression)
    )


def _expression(term: Term) -> str:
    ways = [_quoted(*term.stems)]
    if term.joined:
        ways += [_quoted(term.joined), _quoted(stemmed(term.joined))]
    if term.prefix:
        ways.append(f"{_quoted(*term.stems[:-1], term.prefix)} *")
    return f"({' OR '.join(ways)})"


def _without(wanted: SearchTerms) -> str:
    return "".join(f" NOT {_expression(term)}" for term in wanted.excluded)


def _quoted(*words: str) -> str:
    # Tokens consist of letters, digits and the signs of names, so none can end the quotation.
    return '"' + " ".join(words) + '"'
