"""Backup of PostgreSQL, table by table, from one snapshot (https://www.postgresql.org/docs/current/sql-copy.html)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql
from sqlalchemy import inspect

from masthead.db import Base, db
from masthead.operation import migrating

FOLDER = "database"
CHUNK_BYTES = 1 << 20


@contextmanager
def _connection() -> Iterator[Connection[Any]]:
    """Open a connection outside of the pool, in a transaction that ends with the block."""
    pooled = db.engine.raw_connection()
    try:
        driver = cast(Connection[Any], pooled.driver_connection)
        driver.rollback()
        with driver.transaction():
            yield driver
    finally:
        pooled.close()


def save(into: Path) -> dict[str, list[str]]:
    """Write every table from one snapshot, without blocking anybody; returns the columns of each."""
    folder = into / FOLDER
    folder.mkdir()
    inspector = inspect(db.engine)
    tables = {
        name: [column["name"] for column in inspector.get_columns(name)]
        for name in (table.name for table in Base.metadata.sorted_tables)
        if inspector.has_table(name)
    }
    with _connection() as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, columns in tables.items():
            with cursor.copy(_copy(name, columns, "TO STDOUT")) as rows, (folder / name).open("wb") as file:
                for row in rows:
                    file.write(row)
    return tables


def load(folder: Path, tables: dict[str, list[str]], revision: str) -> None:
    """Create the tables of the backup's revision and fill them."""
    migrating.upgrade(revision)
    with _connection() as connection, connection.cursor() as cursor:
        # The migrations insert rows, such as the roles.
        cursor.execute(
            sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(sql.Identifier(name) for name in tables))
        )
        for name, columns in tables.items():
            with (
                cursor.copy(_copy(name, columns, "FROM STDIN")) as target,
                (folder / FOLDER / name).open("rb") as file,
            ):
                while chunk := file.read(CHUNK_BYTES):
                    target.write(chunk)
        for name, columns in tables.items():
            if "id" in columns:
                cursor.execute(_next_id(name))


def _copy(name: str, columns: list[str], direction: str) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(name), listed)


def _next_id(name: str) -> sql.Composed:
    """Build the statement that sets a table's sequence behind its greatest id."""
    return sql.SQL(
        "SELECT setval(pg_get_serial_sequence({}, 'id'), greatest((SELECT max(id) FROM {}), 1), "
        "(SELECT count(*) > 0 FROM {})) WHERE pg_get_serial_sequence({}, 'id') IS NOT NULL"
    ).format(sql.Literal(f'"{name}"'), sql.Identifier(name), sql.Identifier(name), sql.Literal(f'"{name}"'))
