"""Connections to PostgreSQL on which nobody waits for ever, whatever becomes of the server or of the way to it.

The server ends statements that take too long, and TCP ends connections whose packets nobody confirms. Neither helps
when the other side confirms everything and answers nothing: a frozen server, a proxy that has lost it. So a request
also waits no longer than its statement may take, and a connection from the pool has to show at once that it lives.
"""

import time
from collections.abc import Callable, Generator
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Engine, event

from masthead.circuit_breaker import Circuit

#: How long a connection from the pool may take to show that it lives.
PING_SECONDS: Final = 3.0
#: Beyond its time-out on the server a statement gets this long for its answer's way here.
MARGIN_SECONDS: Final = 2.0
#: After a server that did not answer has been waited for, requests fail at once for this long.
OPEN_SECONDS: Final = 2.0
T = TypeVar("T")


class NoAnswer(psycopg.OperationalError):
    """PostgreSQL has not answered in time."""


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that is given up if the server says nothing for too long."""

    #: For how long; None waits for ever.
    answer_seconds: float | None = None

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the server; raises `NoAnswer`."""
        limit = self.answer_seconds
        if timeout is not None or limit is None:
            return super().wait(gen, interval=interval, timeout=timeout)
        began = time.monotonic()
        try:
            return super().wait(gen, interval=interval, timeout=limit)
        except psycopg.OperationalError as error:
            if time.monotonic() - began < limit:
                raise
            # What the server still has to say belongs to nobody any more.
            self.pgconn.finish()
            raise NoAnswer(f"PostgreSQL has not answered for {limit:g} seconds") from error


def limit_waiting(engine: Engine, seconds: Callable[[], int]) -> None:
    """Let nobody wait for this engine's server longer than its statements may take; 0 is for what may take hours."""
    circuit = Circuit("PostgreSQL", psycopg.errors.ConnectionTimeout, seconds=OPEN_SECONDS)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: Any, options: Any) -> LimitedConnection:
        connection = circuit.call(lambda: LimitedConnection.connect(*arguments, **options), _refuse)
        connection.answer_seconds = PING_SECONDS
        return connection

    # The pool asks a connection whether it lives before it says that it is taken out.
    @event.listens_for(engine, "checkout")
    def begin(connection: LimitedConnection, _record: object, _proxy: object) -> None:
        limit = seconds()
        connection.answer_seconds = limit + MARGIN_SECONDS if limit else None

    @event.listens_for(engine, "checkin")
    def end(connection: LimitedConnection | None, _record: object) -> None:
        if connection is not None:
            connection.answer_seconds = PING_SECONDS


def _refuse() -> LimitedConnection:
    raise NoAnswer("PostgreSQL has not answered a moment ago")
