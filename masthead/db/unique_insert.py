"""Race-free insertion of unique names.

A name is taken by a row whose primary key it is. `INSERT … ON CONFLICT DO NOTHING` decides every race: of concurrent
writers exactly one inserts the row, and the others try the next name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.db.base import Base
from masthead.db.engine import db
from masthead.db.on_conflict import insert_into

#: Rows for each statement: SQLite allows 32,766 variables.
_ROWS: Final = 500


def insert_unique(
    model: type[Base], column: InstrumentedAttribute[str], wanted: str, /, **values: object
) -> bool:
    """Insert the row whose ``column`` is ``wanted``, and tell if the insert won."""
    row: dict[str, Any] = {column.key: wanted, **values}
    statement = insert_into(model, db.session.get_bind().dialect).values(**row)
    statement = statement.on_conflict_do_nothing(index_elements=[column.key]).returning(column)
    return db.session.execute(statement).first() is not None


def insert_all_unique(
    model: type[Base], column: InstrumentedAttribute[str], rows: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Insert many such rows at once, and return the names that were inserted."""
    dialect = db.session.get_bind().dialect
    ours: set[str] = set()
    for start in range(0, len(rows), _ROWS):
        part = [dict(row) for row in rows[start : start + _ROWS]]
        statement = insert_into(model, dialect).values(part)
        statement = statement.on_conflict_do_nothing(index_elements=[column.key]).returning(column)
        ours.update(db.session.scalars(statement))
    return ours


def insert_first_free(
    model: type[Base], column: InstrumentedAttribute[str], wanted: str, *, limit: int, **owner: object
) -> str:
    """Insert ``wanted``, or the first free one of ``wanted-2``, ``wanted-3``, …; ``limit`` is in characters."""
    if insert_unique(model, column, wanted, **owner):
        return wanted
    for candidate in _numbered(column, wanted, limit=limit):
        if insert_unique(model, column, candidate, **owner):
            return candidate
    raise AssertionError("the numbers do not end")


def _numbered(column: InstrumentedAttribute[str], wanted: str, *, limit: int) -> Iterator[str]:
    """Return ``wanted-N`` for the first number that looks free."""
    # A thousand posts called "Weekly notes" would take a thousand attempts, so look up the end of the sequence.
    stem = wanted[: limit - 8].rstrip("-")
    taken = set(db.session.scalars(select(column).where(column.startswith(f"{stem}-", autoescape=True))))
    number = 2
    while True:
        candidate = f"{stem}-{number}"
        if candidate not in taken:
            yield candidate
        number += 1
