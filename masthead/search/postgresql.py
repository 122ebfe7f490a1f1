"""Searching with PostgreSQL's text search (https://www.postgresql.org/docs/current/textsearch.html)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from masthead.search.models import SearchDocument
from masthead.search.wording import Wanted, folded

LANGUAGE: ColumnElement[str] = literal_column("'english'::regconfig")
#: Of a word marked D, C, B and A: in the body, the summary, nowhere and the title.
WEIGHTS: ColumnElement[Any] = literal_column("'{0.1, 0.2, 0.4, 1.0}'::float4[]")
PASSAGE_WORDS = 36


def found(wanted: Wanted) -> Select[int, float]:
    """The documents that hold what is wanted, and how well."""
    query = _query(wanted)
    return select(
        SearchDocument.post_id.label("post_id"),
        func.ts_rank(WEIGHTS, SearchDocument.vector, query).label("score"),
    ).where(SearchDocument.vector.bool_op("@@")(query))


def marked(wanted: Wanted, post_ids: list[int], begin: str, end: str) -> Select[int, str, str]:
    """The title and the best passage of each document, with marks around what was found."""
    marks = f'StartSel="{begin}", StopSel="{end}"'
    passage = f"{marks}, MaxWords={PASSAGE_WORDS}, MinWords={PASSAGE_WORDS // 2}, ShortWord=0"
    query = _query(wanted)
    return select(
        SearchDocument.post_id.label("post_id"),
        func.ts_headline(LANGUAGE, SearchDocument.title, query, f"{marks}, HighlightAll=true").label("title"),
        func.ts_headline(LANGUAGE, SearchDocument.body, query, passage).label("passage"),
    ).where(SearchDocument.post_id.in_(post_ids))


def vector(title: str, summary: str, body: str) -> ColumnElement[Any]:
    """The index entry of a document."""
    parts = [
        func.setweight(func.to_tsvector(LANGUAGE, folded(words)), literal_column(f"'{weight}'"))
        for words, weight in ((title, "A"), (summary, "C"), (body, "D"))
    ]
    return parts[0].op("||")(parts[1]).op("||")(parts[2])


def _query(wanted: Wanted) -> ColumnElement[Any]:
    quoted = [f'"{" ".join(phrase)}"' for phrase in wanted.phrases]
    quoted += [f'-"{" ".join(phrase)}"' for phrase in wanted.excluded]
    return func.websearch_to_tsquery(LANGUAGE, folded(" ".join(quoted)))
