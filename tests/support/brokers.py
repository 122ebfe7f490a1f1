"""A real Valkey (it speaks Redis) for the tests of whatever is shared between machines."""

import re
import socket

import pytest

from tests.support import keeper

#: A server has sixteen databases; each test process uses its own.
DATABASES = 16


@pytest.fixture
def valkey_url(worker_id: str) -> str:
    """The address of an empty Valkey database."""
    number = int(re.sub(r"\D", "", worker_id) or 0) % DATABASES
    address = keeper.address_of("valkey")
    host, port = address.removeprefix("redis://").rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"SELECT {number}\r\nFLUSHDB\r\n".encode())
        with connection.makefile("rb") as answer:
            assert [answer.readline(), answer.readline()] == [b"+OK\r\n", b"+OK\r\n"]
    return f"{address}/{number}"
