"""Claiming a name that nobody else has, without a race.

A claim is a row whose primary key is the name. Inserting it with ``ON CONFLICT DO NOTHING`` is the whole decision: of
any number of writers exactly one gets the row, and the others try the next name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.db.base import Base
from masthead.db.engine import db
from masthead.db.on_conflict import insert_into

#: Rows in one statement: SQLite allows 32,766 variables.
_ROWS: Final = 500


def insert_unique(
    model: type[Base], column: InstrumentedAttribute[str], wanted: str, /, **values: object
) -> bool:
    """Insert the row whose ``column`` is ``wanted``, and say whether it is ours now."""
    row: dict[str, Any] = {column.key: wanted, **values}
    statement = insert_into(model, db.session.get_bind().dialect).values(**row)
    statement = statement.on_conflict_do_nothing(index_elements=[column.key]).returning(column)
    return db.session.execute(statement).first() is not None


def insert_all_unique(
    model: type[Base], column: InstrumentedAttribute[str], rows: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Insert many such rows at once, and say which names are ours now."""
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
    """Claim ``wanted``, or the first of ``wanted-2``, ``wanted-3``, … that is free; ``limit`` is in characters."""
    if insert_unique(model, column, wanted, **owner):
        return wanted
    for candidate in _numbered(column, wanted, limit=limit):
        if insert_unique(model, column, candidate, **owner):
            return candidate
    raise AssertionError("the numbers do not end")


def _numbered(column: InstrumentedAttribute[str], wanted: str, *, limit: int) -> Iterator[str]:
    """``wanted-N`` from the first number that looks free."""
    # A thousand posts called "Weekly notes" would make a thousand attempts; look where the row of numbers ends.
    stem = wanted[: limit - 8].rstrip("-")
    taken = set(db.session.scalars(select(column).where(column.startswith(f"{stem}-", autoescape=True))))
    number = 2
    while True:
        candidate = f"{stem}-{number}"
        if candidate not in taken:
            yield candidate
        number += 1
