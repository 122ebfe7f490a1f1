"""Client-side time-outs of PostgreSQL connections, so that nobody waits for ever.

The server ends statements that take too long, and TCP ends connections whose packets nobody acknowledges. Neither
helps when the other side acknowledges everything and answers nothing: a frozen server, or a proxy that has lost it. So
a request waits no longer than its statement may take, and a pooled connection has to prove at once that it lives.
"""

import time
from collections.abc import Callable, Generator
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Engine, event

from masthead.circuit_breaker import Circuit

#: Seconds for the liveness check of a pooled connection.
PING_SECONDS: Final = 3.0
#: Seconds of grace beyond the statement time-out, for the response's way here.
MARGIN_SECONDS: Final = 2.0
#: Seconds for which requests fail at once after a time-out.
OPEN_SECONDS: Final = 2.0
T = TypeVar("T")


class NoAnswer(psycopg.OperationalError):
    """PostgreSQL did not answer in time."""


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that is closed if the server is silent for too long."""

    #: Time limit in seconds; None waits for ever.
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
            # A late answer would be read by the next statement.
            self.pgconn.finish()
            raise NoAnswer(f"PostgreSQL has not answered for {limit:g} seconds") from error


def limit_waiting(engine: Engine, seconds: Callable[[], int]) -> None:
    """Limit waits on this engine to the statement time-out; 0 sets no limit, for work that may take hours."""
    circuit = Circuit("PostgreSQL", psycopg.errors.ConnectionTimeout, seconds=OPEN_SECONDS)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: Any, options: Any) -> LimitedConnection:
        connection = circuit.call(lambda: LimitedConnection.connect(*arguments, **options), _refuse)
        connection.answer_seconds = PING_SECONDS
        return connection

    # The pool pings a connection before it reports the checkout.
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
