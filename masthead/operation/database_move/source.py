"""The database that is moved: readers go on, writers are refused, and afterwards it stays closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, TextClause, text

from masthead.db import moved, transactions
from masthead.db.failures import READ_ONLY_TRANSACTION
from masthead.operation.database_move import tables

#: PostgreSQL's function that refuses a write, and the trigger of each table that calls it.
GUARD: Final = "masthead_moved"


class ClosedSource(NamedTuple):
    """A connection that reads what nobody may change, and the call that closes its database for good."""

    connection: Connection
    close_for_good: Callable[[], None]


@contextmanager
def closed(engine: Engine) -> Iterator[ClosedSource]:
    """Close a database for writers while the block runs.

    A process that is killed inside leaves the database open: its locks end with it.
    """
    with engine.connect() as connection:
        with transactions(may_write=True):
            connection.begin()
            # The first statement; on SQLite it queues as every writer does, and takes the write lock.
            connection.execute(_lock_statement(connection))
        if connection.dialect.name == "sqlite":
            with moved.moving(engine.url.database or "") as mark:
                yield ClosedSource(connection, lambda: moved.close_for_good(mark))
        else:
            yield ClosedSource(connection, lambda: _guard(connection))


def _lock_statement(connection: Connection) -> TextClause:
    if connection.dialect.name == "sqlite":
        return text("SELECT 1")
    names = ", ".join(f'"{table.name}"' for table in tables.every_table())
    return text(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def has_moved(engine: Engine) -> bool:
    """Tell if the content of a database was moved to another one."""
    if engine.dialect.name == "sqlite":
        return moved.has_moved(engine.url.database or "")
    with engine.connect() as connection:
        query = text("SELECT EXISTS (SELECT FROM pg_proc WHERE proname = :name)")
        return bool(connection.scalar(query, {"name": GUARD}))


def reopen(engine: Engine) -> None:
    """Let a database be written again."""
    if engine.dialect.name == "sqlite":
        moved.reopen(engine.url.database or "")
        return
    with transactions(may_write=True), engine.begin() as connection:
        # The triggers go with their function.
        connection.execute(text(f"DROP FUNCTION IF EXISTS {GUARD}() CASCADE"))


def _guard(connection: Connection) -> None:
    """Have PostgreSQL refuse every write, as a standby does, and end the transaction that held the locks."""
    connection.execute(
        text(
            f"CREATE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            f"'the content of this database was moved to another one' USING ERRCODE = '{READ_ONLY_TRANSACTION}'; END $$"
        )
    )
    for table in tables.every_table():
        connection.execute(
            text(
                f'CREATE TRIGGER {GUARD} BEFORE INSERT OR UPDATE OR DELETE ON "{table.name}" '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {GUARD}()"
            )
        )
    connection.commit()
