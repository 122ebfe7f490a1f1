"""A PostgreSQL LISTEN connection of its own, which reconnects after a loss.

Import this module only on a PostgreSQL database: the driver is large, and a site on SQLite never needs it.
"""

import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg
from sqlalchemy import URL

from masthead.db import postgresql_settings
from masthead.db.postgresql_timeouts import LimitedConnection

RETRY_SECONDS: Final = 1.0
#: Statement time-out of this connection, whose statements take microseconds.
ANSWER_SECONDS: Final = 5.0
PARAMETERS: Final[dict[str, Any]] = {
    **postgresql_settings.parameters({"DATABASE_CONNECT_SECONDS": 5, "DATABASE_NETWORK_SECONDS": 5})
}


def address_of(url: URL) -> str:
    """Return the database URL in the driver's format, including the password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def stay_connected(
    address: str,
    follow: Callable[[psycopg.Connection], None],
    *,
    lost: Callable[[psycopg.Error], None],
    ended: threading.Event,
) -> None:
    """Call ``follow`` with a connection, and with a new one after each loss, until ``ended`` is set."""
    while not ended.is_set():
        try:
            with LimitedConnection.connect(address, autocommit=True, **PARAMETERS) as connection:
                connection.answer_seconds = ANSWER_SECONDS
                follow(connection)
        except psycopg.Error as error:
            lost(error)
            ended.wait(RETRY_SECONDS)
