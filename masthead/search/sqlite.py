"""Searching with SQLite's FTS5 (https://www.sqlite.org/fts5.html)."""

from sqlalchemy import ColumnElement, Select, column, func, literal, literal_column, select, table, text

from masthead.search.models import INDEX
from masthead.search.wording import Phrase, Wanted

_index = table(INDEX, column("rowid"))
_MATCH = text(f"{INDEX} MATCH :expression")
#: A word of the title weighs as much as this many words of the body.
_SCORE: ColumnElement[float] = literal_column(f"-bm25({INDEX}, 12.0, 4.0, 1.0)")
SNIPPET_WORDS = 36


def found(wanted: Wanted) -> Select[int, float]:
    """The documents that hold what is wanted, and how well."""
    return select(_index.c.rowid.label("post_id"), _SCORE.label("score")).where(
        _MATCH.bindparams(expression=_expression(wanted))
    )


def found_by_title(wanted: Wanted) -> Select[int, float]:
    """Those among them that hold it in their titles."""
    expression = "{title} : " + f"({_joined(wanted.phrases)})" + _without(wanted)
    return select(_index.c.rowid.label("post_id"), _SCORE.label("score")).where(
        _MATCH.bindparams(expression=expression)
    )


def marked(wanted: Wanted, post_ids: list[int], begin: str, end: str) -> Select[int, str, str]:
    """The title and the best passage of each document, with marks around what was found."""
    name: ColumnElement[str] = literal_column(INDEX)
    return select(
        _index.c.rowid.label("post_id"),
        func.highlight(name, 0, begin, end).label("title"),
        func.snippet(name, 2, begin, end, "…", literal(SNIPPET_WORDS)).label("passage"),
    ).where(_MATCH.bindparams(expression=_expression(wanted)), _index.c.rowid.in_(post_ids))


def _expression(wanted: Wanted) -> str:
    return f"({_joined(wanted.phrases)})" + _without(wanted)


def _without(wanted: Wanted) -> str:
    return "".join(f" NOT {_quoted(phrase)}" for phrase in wanted.excluded)


def _joined(phrases: tuple[Phrase, ...]) -> str:
    return " AND ".join(map(_quoted, phrases))


def _quoted(phrase: Phrase) -> str:
    # Words are letters and digits alone, so nothing in them can end the quotation.
    return '"' + " ".join(phrase) + '"'
