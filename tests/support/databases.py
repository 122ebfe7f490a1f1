"""The two databases of the suite, and the application on each of them.

Whatever asks for `database` (and so `app`, `client`, the factories) runs twice: on SQLite and on PostgreSQL. Each test
process makes one application for each database, once; between tests the content goes back to what the migrations left.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
from flask import Flask, has_app_context
from psycopg import sql
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from masthead.app import create_app
from masthead.config import TestingConfig
from masthead.db import db
from masthead.operation import migrating
from masthead.pagecache.invalidation import EXTENSION
from masthead.pagecache.middleware import PageCache
from masthead.pagecache.postgres_watch import PostgresWatch
from masthead.web.limits import throttling
from tests.support import keeper

KINDS = ("sqlite", "postgresql")
SECRET = "only-for-the-tests-0123456789-abcdefghijklmnop"
SITE_URL = "http://localhost"
#: What a test waits for another's forgotten transaction before it says so.
LOCK_TIMEOUT = "5s"


def pages_of(app: Flask) -> PageCache:
    """The page cache of an application."""
    cache: PageCache = app.extensions[EXTENSION]
    return cache


class Content(Protocol):
    """The content of a database, which can be put back to where it began."""

    url: str

    def keep(self) -> None:
        """Remember the present content as the beginning."""

    def reset(self) -> None:
        """Put the content back to the beginning."""


class SQLiteContent:
    """A file; the beginning is a copy of it in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self._beginning = sqlite3.connect(":memory:")
        self._file: sqlite3.Connection | None = None
        self._version: int | None = None

    def keep(self) -> None:
        """Copy the file."""
        self._file = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.backup(self._beginning)
        self._version = self._data_version()

    def reset(self) -> None:
        """Copy it back, unless nobody has written since the last time."""
        assert self._file is not None
        if self._data_version() == self._version:
            return
        self._beginning.backup(self._file)
        self._version = self._data_version()

    def _data_version(self) -> int:
        """Changes whenever another connection has changed the file (https://www.sqlite.org/pragma.html#pragma_data_version)."""
        assert self._file is not None
        version: int = self._file.execute("PRAGMA data_version").fetchone()[0]
        return version

    def close(self) -> None:
        """Close the connections."""
        self._beginning.close()
        if self._file is not None:
            self._file.close()


class PostgreSQLContent:
    """A database on the server of the run; the beginning is a copy of each table that has rows, in a schema of its own.

    Deleting rows is many times faster than TRUNCATE, which makes new files for every table.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        address = os.environ.get("TEST_POSTGRES_URL") or keeper.address_of("postgres")
        self._server = make_url(address).set(drivername="postgresql+psycopg")
        self.url = self._server.set(database=name).render_as_string(hide_password=False)
        self._create()
        self._connection = psycopg.connect(
            self._server.set(drivername="postgresql", database=name).render_as_string(hide_password=False),
            autocommit=True,
        )
        self._connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        self._script = ""

    def _create(self) -> None:
        self._on_server(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f"CREATE DATABASE \"{self.name}\" TEMPLATE template0 ENCODING 'UTF8'",
        )

    def _on_server(self, *statements: str) -> None:
        engine = create_engine(self._server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def keep(self) -> None:
        """Copy what the migrations have written, and prepare the statements that put it back."""
        run = self._connection.execute
        tables = [
            name for (name,) in run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        run("CREATE SCHEMA beginning")
        steps: list[sql.Composable] = [
            sql.SQL("BEGIN"),
            sql.SQL("SET LOCAL session_replication_role = replica"),
        ]
        for table in map(sql.Identifier, tables):
            steps.append(sql.SQL("DELETE FROM public.{}").format(table))
            (has_rows,) = run(sql.SQL("SELECT EXISTS (SELECT FROM public.{})").format(table)).fetchone() or (
                False,
            )
            if has_rows:
                run(sql.SQL("CREATE TABLE beginning.{0} AS TABLE public.{0}").format(table))
                steps.append(sql.SQL("INSERT INTO public.{0} SELECT * FROM beginning.{0}").format(table))
        sequences = (
            "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
        )
        for sequence, start, last in run(sequences).fetchall():
            name = sql.Literal(f'public."{sequence}"')
            steps.append(
                sql.SQL("SELECT setval({}, {}, {})").format(
                    name, sql.Literal(last or start), sql.Literal(last is not None)
                )
            )
        steps.append(sql.SQL("COMMIT"))
        self._script = sql.SQL("; ").join(steps).as_string(self._connection)

    def reset(self) -> None:
        """Run them."""
        try:
            self._connection.execute(self._script)
        except psycopg.errors.LockNotAvailable as error:
            self._connection.execute("ROLLBACK")
            raise AssertionError(
                "A test before this one has left a transaction open on PostgreSQL."
            ) from error

    def close(self) -> None:
        """Drop the database: the next run makes its own."""
        self._connection.close()
        self._on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


def empty_content(kind: str, folder: Path, name: str) -> SQLiteContent | PostgreSQLContent:
    """A new database of a kind, without tables."""
    return SQLiteContent(folder / "masthead.sqlite3") if kind == "sqlite" else PostgreSQLContent(name)


class Database:
    """One of the two databases, with the application of this process on it."""

    #: The one that the running test uses; factories write into it.
    current: "Database | None" = None

    def __init__(self, kind: str, content: SQLiteContent | PostgreSQLContent, home: Path) -> None:
        self.kind = kind
        self.content = content
        self.home = home
        self.url = content.url
        self.app = self.make_app()
        with self.app.app_context():
            migrating.upgrade()
        content.keep()
        self._config = dict(self.app.config)
        if kind == "sqlite":
            _forget_durability(self.engine)

    def make_app(self, **settings: Any) -> Flask:
        """An application on this database; the settings override those of the tests."""
        defaults: dict[str, Any] = {
            "MASTHEAD_HOME": self.home,
            "DATABASE_URL": self.url,
            "SECRET_KEY": SECRET,
            "SITE_URL": SITE_URL,
            "LOG_LEVEL": "WARNING",
        }
        app = create_app(TestingConfig(**(defaults | settings)))
        # Whatever comes from memory is also made afresh and compared: a forgotten topic fails the test.
        pages_of(app).verifies = True
        return app

    @property
    def engine(self) -> Engine:
        """The engine of the application."""
        with self.app.app_context():
            return db.engine

    def reset(self) -> None:
        """Put the content back to what the migrations left, and forget how often somebody has tried something."""
        self.content.reset()
        throttling.reset(self.app)
        pages_of(self.app).clear()
        watch = pages_of(self.app).watch
        if isinstance(watch, PostgresWatch):
            watch.forget_log()

    @contextmanager
    def in_use(self) -> Iterator["Database"]:
        """Let the factories write into this database."""
        before = Database.current
        Database.current = self
        try:
            yield self
        finally:
            Database.current = before

    def changed_settings(self) -> list[str]:
        """The names of settings that differ from those the application was made with; they are put back."""
        config = self.app.config
        changed = [
            name
            for name in config.keys() | self._config.keys()
            if config.get(name, self) is not self._config.get(name, self)
        ]
        if changed:
            config.clear()
            config.update(self._config)
        return sorted(changed)

    def close(self) -> None:
        """Close every connection."""
        pages_of(self.app).watch.close()
        self.engine.dispose()
        self.content.close()


def _forget_durability(engine: Engine) -> None:
    """Let SQLite leave its syncs out, as the test's data need not survive a power cut. The engine's own setting stands."""
    engine.dispose()

    @event.listens_for(engine, "connect")
    def forget(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs a database on both, or on those that `@pytest.mark.databases` names.

    What a browser shows does not depend on the database, so those tests run on SQLite if they name none.
    """
    if "database" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        kinds = KINDS[:1] if "chromium" in metafunc.fixturenames else KINDS
        metafunc.parametrize("database", marker.args if marker else kinds, indirect=True)


@pytest.fixture(scope="session")
def database_of(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[str], Database]]:
    """The database of a kind, made when the first test asks for it."""
    made: dict[str, Database] = {}

    def find(kind: str) -> Database:
        if kind not in made:
            home = tmp_path_factory.mktemp(f"home-{kind}")
            content = empty_content(kind, home, f"masthead_test_{worker_id}_{os.getpid()}")
            made[kind] = Database(kind, content, home)
        return made[kind]

    yield find
    for database in made.values():
        database.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, database_of: Callable[[str], Database]) -> Iterator[Database]:
    """An empty publication: the migrations have run, and nobody has an account."""
    found = database_of(request.param)
    found.reset()
    with found.in_use():
        yield found
    # A context that stays open keeps its session and transaction, and hides what a fresh request would see.
    assert not has_app_context(), "The test has left an application context open."
    changed = found.changed_settings()
    assert not changed, f"The test has left settings changed (use make_app or monkeypatch): {changed}."


@pytest.fixture
def app(database: Database) -> Flask:
    """The application. Use `with app.app_context():` for a look into the database, and leave it before the next request."""
    return database.app


@pytest.fixture
def make_app(database: Database) -> Iterator[Callable[..., Flask]]:
    """Make another application on the same database, with other settings: `make_app(REGISTRATION="closed")`."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(database.make_app(**settings))
        return made[-1]

    yield make
    for other in made:
        pages_of(other).watch.close()
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def scratch_app(database: Database, make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own that has no tables yet."""
    content = empty_content(database.kind, tmp_path, f"masthead_scratch_{os.getpid()}")
    yield make_app(DATABASE_URL=content.url)
    content.close()
