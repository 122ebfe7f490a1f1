"""The Flask-SQLAlchemy instance and how each database is opened.

SQLite (https://www.sqlite.org/lang_transaction.html): the driver's own transaction handling is switched off, because it begins
late and lets a transaction that read first fail when it comes to write. We begin ourselves: reads take one snapshot
(DEFERRED), a unit of work that may write waits for its turn (`masthead.db.write_queue`) and takes the write lock at its
first statement (IMMEDIATE) instead of failing later.

A request with a safe method (RFC 9110, section 9.2.1) cannot write on either database, whatever its view does. The few
notes that it may leave behind, such as the last use of a login, are written in `own_transaction`.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.orm import Session

from masthead.db import postgresql_settings, write_queue
from masthead.db.base import Base

#: How long a writer whose turn it is waits for programs that know nothing of the queue, such as ``sqlite3``.
BUSY_TIMEOUT_MS = 10_000
#: How long a request waits for one of the process's connections.
POOL_TIMEOUT_SECONDS = 5
LIMIT = "masthead.db.statement_milliseconds"
READ_ONLY = "masthead.db.read_only"
WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# After a commit nothing changes any more in a request, so what was loaded may still be shown.
db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})
#: How long a note that nobody asked for waits for its turn to be written.
NOTE_SECONDS = 1.0
#: How long a transaction that begins now waits for its turn; None leaves it to who asks.
_patience: ContextVar[float | None] = ContextVar("masthead_db_patience", default=None)
#: Whether transactions that begin now only read; None leaves it to the method of the request.
_reading: ContextVar[bool | None] = ContextVar("masthead_db_reading", default=None)
_in_own: ContextVar[bool] = ContextVar("masthead_db_own_transaction", default=False)


def init_app(app: Flask) -> None:
    """Bind the extension to the application and prepare its engine."""
    # What a failed statement held may be somebody's, and its message goes to the log.
    options: dict[str, Any] = {
        "hide_parameters": not app.debug,
        # The connection that was used last is the one whose pages are cached and whose settings fit. Taken in turn, each
        # of a dozen would be set to reading and to writing again and again.
        "pool_use_lifo": True,
    }
    if not _is_sqlite(app):
        connections = app.config["DATABASE_CONNECTIONS"]
        options |= {
            # A connection that the server has ended is found out before a request uses it.
            "pool_pre_ping": True,
            "pool_size": connections,
            # A request may need a second one for a moment.
            "max_overflow": connections,
            "pool_timeout": POOL_TIMEOUT_SECONDS,
            # Months and years are cut in UTC, whatever the server's own time zone is.
            "connect_args": {"options": "-c timezone=UTC", **postgresql_settings.parameters(app.config)},
        }
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgresql(app, db.engine)


def _is_sqlite(app: Flask) -> bool:
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite")


def limit_statements(app: Flask, seconds: int) -> None:
    """End statements of PostgreSQL that take longer; 0 lets them take hours, as migrations and jobs may."""
    if _is_sqlite(app):
        return
    is_first = LIMIT not in app.extensions
    app.extensions[LIMIT] = seconds * 1_000
    with app.app_context():
        engine = db.engine
    engine.dispose()
    if not is_first:
        return

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        milliseconds = app.extensions[LIMIT]
        # A SET inside of a transaction that is rolled back would be forgotten.
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {milliseconds}")
        # A row that another transaction holds is waited for less long than a statement may work.
        lock = app.config["DATABASE_LOCK_SECONDS"] * 1_000 if milliseconds else 0
        connection.execute(f"SET lock_timeout = {lock}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {2 * milliseconds}")
        connection.autocommit = False


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def make_private(
        _dialect: Dialect, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> None:
        options["factory"] = write_queue.QueuedConnection
        # SQLite would let everybody on the machine read a new file, and gives its companions the mode of the file.
        path = Path(arguments[0])
        if has_request_context() and not path.exists():
            # Its disk is away. A request must not make an empty database in its place.
            raise sqlite3.OperationalError("unable to open database file")
        if path.parent.is_dir() and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    @event.listens_for(engine, "connect")
    def open_connection(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # With NORMAL an acknowledged write can vanish when the power fails; people's texts are worth the sync.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        only_reads = is_reading()
        # The setting stays with the connection, so that most transactions find it as they want it.
        if connection.info.get(READ_ONLY, False) != only_reads:
            connection.exec_driver_sql(f"PRAGMA query_only = {int(only_reads)}")
            connection.info[READ_ONLY] = only_reads
        if only_reads:
            connection.exec_driver_sql("BEGIN DEFERRED")
        else:
            _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Wait for the turn, and take the write lock; raises `WriteTimeout`."""
    driver: Any = connection.connection.driver_connection
    patience = _patience.get()
    if patience is None:
        patience = write_queue.REQUEST_SECONDS if has_request_context() else write_queue.COMMAND_SECONDS
    driver.take_turn(connection.engine.url.database or "", patience)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        driver.end_turn()
        raise


def _prepare_postgresql(app: Flask, engine: Engine) -> None:
    # The driver is large, and a site on SQLite never needs it.
    from masthead.db import postgresql_timeouts

    postgresql_timeouts.limit_waiting(engine, lambda: app.extensions.get(LIMIT, 0) // 1_000)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        only_reads = is_reading()
        # The driver writes it into the BEGIN that it sends with the first statement, so it costs nothing.
        if bool(driver.read_only) != only_reads:
            driver.read_only = only_reads


def is_reading() -> bool:
    """Whether a transaction that begins now only reads."""
    chosen = _reading.get()
    if chosen is not None:
        return chosen
    return has_request_context() and request.method not in WRITING_METHODS


@contextmanager
def transactions(*, may_write: bool) -> Iterator[None]:
    """Let the transactions that begin in this block write or only read, whatever else is known of them."""
    token = _reading.set(not may_write)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session of its own that only reads and takes no write lock, for work that precedes a change.

    What it loads is detached when the block ends.
    """
    token = _reading.set(True)
    try:
        with Session(db.engine, expire_on_commit=False) as session:
            yield session
            session.expunge_all()
    finally:
        _reading.reset(token)


@contextmanager
def own_transaction(*, patience: float | None = None) -> Iterator[Session]:
    """A transaction of its own that writes, in any request; it commits when the block ends.

    It is for notes that nobody asked for: the last use of a login or a token, the lease of a job. A test names the
    functions that use it.
    """
    reading, in_own, patient = _reading.set(False), _in_own.set(True), _patience.set(patience)
    try:
        with Session(db.engine) as session, session.begin():
            yield session
    finally:
        _patience.reset(patient)
        _in_own.reset(in_own)
        _reading.reset(reading)


def is_in_own_transaction() -> bool:
    """Whether the caller is inside of `own_transaction`."""
    return _in_own.get()
