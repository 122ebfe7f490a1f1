"""Listening to PostgreSQL's notifications, on a connection of its own that comes back when it is lost.

The driver is large, and a site on SQLite never needs it; so nobody imports this module before there is a PostgreSQL.
"""

import threading
from collections.abc import Callable
from typing import Final

import psycopg
from sqlalchemy import URL

RETRY_SECONDS: Final = 1.0
CONNECT_SECONDS: Final = 5


def address_of(url: URL) -> str:
    """The database's address as the driver reads it, password and all."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def stay_connected(
    address: str,
    follow: Callable[[psycopg.Connection], None],
    *,
    lost: Callable[[psycopg.Error], None],
    ended: threading.Event,
) -> None:
    """Call ``follow`` with a connection, and after each loss with a new one, until ``ended`` is set."""
    while not ended.is_set():
        try:
            with psycopg.connect(address, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
                follow(connection)
        except psycopg.Error as error:
            lost(error)
            ended.wait(RETRY_SECONDS)
