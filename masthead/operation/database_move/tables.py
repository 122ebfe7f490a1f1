"""The rows of every table: copied, counted and hashed."""

import hashlib
import json
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MappingResult,
    Table,
    func,
    insert,
    inspect,
    null,
    select,
    text,
    update,
)

from masthead.db import Base
from masthead.search.documents import Document
from masthead.search.models import SearchDocument
from masthead.search.postgresql import vector

#: Rows that are sent at once. A row may hold a text of megabytes.
BATCH_ROWS: Final = 100
#: Tables that say what the caches of running processes have missed; a new process has missed nothing.
PASSING: Final = frozenset({"change"})
_HASH_BITS: Final = 256


class Summary(NamedTuple):
    """The number of rows of a table, and a hash of their values that does not depend on their order."""

    rows: int
    digest: int


def tables() -> list[Table]:
    """Every table that is moved, referenced ones first."""
    return [table for table in every_table() if table.name not in PASSING]


def every_table() -> list[Table]:
    """Every table of the models."""
    return list(Base.metadata.sorted_tables)


def is_there(connection: Connection, table: Table) -> bool:
    """Tell if a database has a table."""
    return inspect(connection).has_table(table.name)


def copy(source: Connection, target: Connection, table: Table) -> int:
    """Copy the rows of a table; the number of rows.

    References of rows to others of their table come afterwards, since a row may precede the one that it names.
    """
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    later = dict.fromkeys((column.name for column in own), None)
    count = 0
    for rows in _rows(source, table).partitions(BATCH_ROWS):
        _insert(target, table, [{**row, **later} for row in rows])
        count += len(rows)
    for column in own:
        _refer(source, target, table, column)
    if table.name == SearchDocument.__tablename__ and target.dialect.name == "postgresql":
        _index(target)
    return count


def summary(connection: Connection, table: Table) -> Summary:
    """Count and hash the rows of a table."""
    rows = digest = 0
    for row in _rows(connection, table):
        shown = json.dumps([_shown(row[column.name]) for column in _columns(table)], ensure_ascii=True)
        digest += int.from_bytes(hashlib.sha256(shown.encode()).digest())
        rows += 1
    return Summary(rows, digest % (1 << _HASH_BITS))


def empty(target: Connection) -> None:
    """Delete what the migrations have written."""
    for table in reversed(every_table()):
        target.execute(table.delete())


def go_on_counting(target: Connection) -> None:
    """Let PostgreSQL number new rows after the present ones; SQLite does so by itself."""
    if target.dialect.name != "postgresql":
        return
    for table in tables():
        for column in table.primary_key:
            sequence = target.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": f'"{table.name}"', "column": column.name},
            )
            if sequence:
                newest = target.scalar(select(func.max(column)))
                target.execute(select(func.setval(sequence, newest or 1, newest is not None)))


def _columns(table: Table) -> list[Column[Any]]:
    # PostgreSQL's index entry is made from the other columns.
    return [column for column in table.columns if column is not SearchDocument.__table__.c.vector]


def _rows(connection: Connection, table: Table) -> MappingResult:
    return connection.execute(
        select(*_columns(table)), execution_options={"yield_per": BATCH_ROWS}
    ).mappings()


def _insert(target: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; a missing JSON value must be NULL, and would become the JSON value null in a batch."""
    optional = [column.name for column in table.columns if isinstance(column.type, JSON) and column.nullable]
    whole = [row for row in rows if all(row[name] is not None for name in optional)]
    if whole:
        target.execute(insert(table), whole)
    for row in rows:
        absent = {name: null() for name in optional if row[name] is None}
        if absent:
            target.execute(insert(table).values({**row, **absent}))


def _refer(source: Connection, target: Connection, table: Table, column: Column[Any]) -> None:
    (key,) = table.primary_key
    query = select(key, column).where(column.is_not(None))
    for identifier, referenced in source.execute(query, execution_options={"yield_per": BATCH_ROWS}):
        target.execute(update(table).where(key == identifier).values({column: referenced}))


def _index(target: Connection) -> None:
    table = SearchDocument.__table__
    columns = [column for column in table.columns if column is not table.c.vector]
    # The list of ids is small; a stream would be read while its rows are written.
    for (post_id,) in target.execute(select(table.c.post_id)).all():
        row = target.execute(select(*columns).where(table.c.post_id == post_id)).mappings().one()
        document = Document(**{name: row[name] for name in ("title", "summary", "body", "authors", "forms")})
        statement = update(SearchDocument).where(SearchDocument.post_id == post_id)
        target.execute(statement.values(vector=vector(document)))


def _shown(value: Any) -> Any:
    """A value as it is hashed, the same from both databases."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return sorted((name, _shown(member)) for name, member in value.items())
    if isinstance(value, list | tuple):
        return [_shown(member) for member in value]
    return value
