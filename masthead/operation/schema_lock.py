"""The schema lock: one process at a time migrates, and the others wait and say so."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from sqlalchemy import text

from masthead.db import db

#: Key of PostgreSQL's advisory lock, arbitrary but unique.
KEY: Final = 7_277_432
WAITING: Final = "Another process is changing the tables. This one waits until it is done."


@contextmanager
def held() -> Iterator[None]:
    """Hold the schema lock of the database."""
    locked = _in_postgresql() if db.engine.dialect.name == "postgresql" else _beside_file()
    with locked:
        yield


@contextmanager
def _in_postgresql() -> Iterator[None]:
    # An advisory lock ends with its connection, however the process ends.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}):
            click.echo(WAITING, err=True)
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": KEY})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": KEY})


@contextmanager
def _beside_file() -> Iterator[None]:
    database = db.engine.url.database
    if not database or database == ":memory:":
        yield
        return
    path = Path(f"{database}.upgrade-lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(WAITING, err=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
