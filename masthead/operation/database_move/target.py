"""The database that a publication is moved to: empty, of this version, and complete or untouched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    exists,
    inspect,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from masthead.errors import Conflict
from masthead.operation.schema import NO_DATABASE, first_line

#: Suffix of an SQLite file that is not complete.
UNFINISHED: Final = "-moving"
#: A table of a database that is not complete, or not known to be.
UNFINISHED_TABLE: Final = "masthead_unfinished_move"
NOT_EMPTY = "{} holds a publication already. Name an empty database."
NO_SCHEMA = "The tables could not be made in the new database: {}"
NO_FOLDER = "There is no folder {}."


class NewDatabase:
    """A new database; SQLite's is a file beside the final one until it is complete."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._is_sqlite = url.get_backend_name() == "sqlite"
        self._final = Path(url.database or "").absolute()
        self._unfinished = Path(f"{self._final}{UNFINISHED}")
        self._working = url.set(database=str(self._unfinished)) if self._is_sqlite else url

    @property
    def place(self) -> str:
        """Return its location as people are told: a file, or a URL without its password."""
        return str(self._final) if self._is_sqlite else self.url.render_as_string(hide_password=True)

    @property
    def is_there(self) -> bool:
        """Tell if an SQLite file exists; PostgreSQL itself says if it has no such database."""
        return not self._is_sqlite or self._final.exists() or self._unfinished.exists()

    def check(self) -> None:
        """Raise `Conflict` unless it can be reached and holds nothing."""
        if self._is_sqlite:
            if not self._final.parent.is_dir():
                raise Conflict(NO_FOLDER.format(self._final.parent))
            if self._final.exists() and self._final.stat().st_size:
                raise Conflict(NOT_EMPTY.format(self.place))
            return
        engine = plain_engine(self.url)
        try:
            with engine.connect() as connection:
                if _holds_somebody(connection):
                    raise Conflict(NOT_EMPTY.format(self.place))
        except DBAPIError as error:
            raise Conflict(NO_DATABASE.format(first_line(error))) from None

    def make_tables(self) -> None:
        """Run the migrations; what an interrupted move has left is replaced."""
        self._discard()
        address = self._working.render_as_string(hide_password=False)
        finished = subprocess.run(
            [sys.executable, "-m", "masthead", "db", "upgrade"],
            check=False,
            env=os.environ | {"FLASK_DATABASE_URL": address},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if finished.returncode:
            lines = finished.stderr.strip().splitlines()
            raise Conflict(
                NO_SCHEMA.format(lines[-1].removeprefix("Error: ") if lines else "no reason given")
            )
        with self.transaction() as connection:
            connection.execute(text(f"CREATE TABLE IF NOT EXISTS {UNFINISHED_TABLE} (id integer)"))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction on it: everything is stored at its end, or nothing."""
        engine = plain_engine(
            self._working if self._unfinished.exists() or not self._final.exists() else self.url
        )
        with engine.connect() as connection, connection.begin():
            yield connection
            if self._is_sqlite:
                _check_references(connection)

    def finish(self) -> None:
        """Take the mark of an unfinished move away; SQLite's file gets its name when everything is on the disk."""
        with self.transaction() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {UNFINISHED_TABLE}"))
        if self._is_sqlite and self._unfinished.exists():
            _flush(self._unfinished)
            self._unfinished.replace(self._final)
            _flush(self._final.parent)
            self._discard()

    def _discard(self) -> None:
        if self._is_sqlite:
            for left in self._final.parent.glob(f"{self._unfinished.name}*"):
                left.unlink()


def plain_engine(url: URL) -> Engine:
    """An engine for one connection, without the queues and time limits of a site."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if url.get_backend_name() == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: object, _record: object) -> None:
            # The file has no readers yet, and is synced when it is complete.
            for pragma in ("journal_mode = DELETE", "synchronous = OFF", "foreign_keys = OFF"):
                connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # a sqlite3.Connection

    return engine


def _holds_somebody(connection: Connection) -> bool:
    names = inspect(connection).get_table_names()
    return UNFINISHED_TABLE not in names and any(
        bool(connection.scalar(select(exists(select(literal(1)).select_from(table(name))))))
        for name in ("user", "post", "page")
        if name in names
    )


def _check_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise Conflict(
            f"A row of the table {broken[0]} refers to one that does not exist. Run `masthead check --deep`."
        )


def _flush(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
