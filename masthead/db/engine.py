"""The Flask-SQLAlchemy instance, and the engine settings of each database.

SQLite (https://www.sqlite.org/lang_transaction.html): the driver's own transaction handling is off, because it begins
late and makes a transaction that read first fail at its first write. Masthead begins transactions itself: readers take
one snapshot (DEFERRED); a unit of work that may write queues for its turn (`masthead.db.write_queue`) and takes the
write lock at its first statement (IMMEDIATE).

A request with a safe method (RFC 9110, section 9.2.1) cannot write on either database, whatever its view does. The few
notes that it may store, such as the last use of a login, are written in `own_transaction`.
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

from masthead.db import moved, postgresql_settings, write_queue
from masthead.db.base import Base

#: Milliseconds that the head of the queue waits for programs that bypass the queue, such as ``sqlite3``.
BUSY_TIMEOUT_MS = 10_000
#: Seconds that a request waits for a pooled connection.
POOL_TIMEOUT_SECONDS = 5
LIMIT = "masthead.db.statement_milliseconds"
READ_ONLY = "masthead.db.read_only"
WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# Nothing changes after the commit of a request, so loaded objects stay usable.
db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})
#: Seconds that an optional note waits for the write lock.
NOTE_SECONDS = 1.0
#: Seconds that transactions wait for the write lock; None takes the default of the caller.
_patience: ContextVar[float | None] = ContextVar("masthead_db_patience", default=None)
#: True if new transactions are read-only; None derives it from the method of the request.
_reading: ContextVar[bool | None] = ContextVar("masthead_db_reading", default=None)
_in_own: ContextVar[bool] = ContextVar("masthead_db_own_transaction", default=False)


def init_app(app: Flask) -> None:
    """Bind the extension to the application and prepare its engine."""
    # Parameters of a failed statement may be personal data, and the message goes to the log.
    options: dict[str, Any] = {
        "hide_parameters": not app.debug,
        # LIFO reuses the connection with the warmest cache and fitting settings. In rotation, each of a dozen
        # connections would be switched between reading and writing again and again.
        "pool_use_lifo": True,
    }
    if not _is_sqlite(app):
        connections = app.config["DATABASE_CONNECTIONS"]
        options |= {
            # Detects a closed connection before a request uses it.
            "pool_pre_ping": True,
            "pool_size": connections,
            # A request may briefly need a second connection.
            "max_overflow": connections,
            "pool_timeout": POOL_TIMEOUT_SECONDS,
            # Months and years are truncated in UTC, whatever the server's time zone is.
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
    """Set PostgreSQL's statement time-out; 0 allows hours, as migrations and jobs need."""
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
        # A SET inside a transaction is undone by its rollback.
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {milliseconds}")
        # The lock time-out is shorter than the statement time-out.
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
        # SQLite creates files world-readable, and copies the mode to the WAL files.
        path = Path(arguments[0])
        if has_request_context() and not path.exists():
            # The disk is not mounted. A request must not create an empty database in its place.
            raise sqlite3.OperationalError("unable to open database file")
        if path.parent.is_dir() and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    @event.listens_for(engine, "connect")
    def open_connection(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # With NORMAL an acknowledged write can vanish at a power cut; people's texts are worth the sync.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        only_reads = is_reading()
        # The pragma persists on the connection, so most transactions need not change it.
        if connection.info.get(READ_ONLY, False) != only_reads:
            connection.exec_driver_sql(f"PRAGMA query_only = {int(only_reads)}")
            connection.info[READ_ONLY] = only_reads
        if only_reads:
            connection.exec_driver_sql("BEGIN DEFERRED")
        else:
            _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Queue for the write lock and take it; raises `WriteTimeout`, or `DatabaseMoved`."""
    database = connection.engine.url.database or ""
    moved.check(database)
    driver: Any = connection.connection.driver_connection
    patience = _patience.get()
    if patience is None:
        patience = write_queue.REQUEST_SECONDS if has_request_context() else write_queue.COMMAND_SECONDS
    driver.take_turn(database, patience)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            # Again: a move may have ended while this writer waited for its turn.
            moved.check(database)
        except moved.DatabaseMoved:
            connection.exec_driver_sql("ROLLBACK")
            raise
    except BaseException:
        driver.end_turn()
        raise


def _prepare_postgresql(app: Flask, engine: Engine) -> None:
    # Imported here: the driver is large, and a site on SQLite never needs it.
    from masthead.db import postgresql_timeouts

    postgresql_timeouts.limit_waiting(engine, lambda: app.extensions.get(LIMIT, 0) // 1_000)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        only_reads = is_reading()
        # The driver adds the mode to the BEGIN of the first statement, so it costs no round trip.
        if bool(driver.read_only) != only_reads:
            driver.read_only = only_reads


def is_reading() -> bool:
    """Tell if new transactions are read-only."""
    chosen = _reading.get()
    if chosen is not None:
        return chosen
    return has_request_context() and request.method not in WRITING_METHODS


@contextmanager
def transactions(*, may_write: bool) -> Iterator[None]:
    """Make new transactions in this block writable or read-only, regardless of the request's method."""
    token = _reading.set(not may_write)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def snapshot() -> Iterator[Session]:
    """Open a separate read-only session without a write lock, for work that precedes a change.

    Its objects are detached when the block ends.
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
    """Open a separate transaction that writes, in any request; it commits when the block ends.

    It is for optional notes: the last use of a login or a token, the lease of a job. A test lists the functions that
    use it.
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
    """Tell if the caller is inside `own_transaction`."""
    return _in_own.get()
