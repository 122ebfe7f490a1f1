"""The page caches of the applications in a test."""

import secrets
import time
from collections.abc import Iterable

import psycopg
from flask import Flask
from werkzeug.test import TestResponse

from masthead.pagecache.invalidation import CHANNEL
from masthead.pagecache.postgres_watch import PostgresWatch
from tests.support.databases import pages_of

SECONDS = 10


def settle(apps: Iterable[Flask]) -> None:
    """Wait until each application has heard of what is committed by now.

    SQLite is asked before each answer, so there is nothing to wait for. PostgreSQL tells in the order of the commits: who
    has heard of a mark of ours has heard of all before it.
    """
    watches = [pages_of(app).watch for app in apps]
    listening = [watch for watch in watches if isinstance(watch, PostgresWatch) and watch.catch_up()]
    if not listening:
        return
    mark = secrets.token_hex(8)
    with psycopg.connect(listening[0].address, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, f"{mark}\n"))
    deadline = time.monotonic() + SECONDS
    while not all(watch.has_heard(mark) for watch in listening):
        assert time.monotonic() < deadline, "A page cache does not hear of changes."
        time.sleep(0.002)


def how(response: TestResponse) -> str:
    """How the cache dealt with a request."""
    return response.headers["X-Cache"]
