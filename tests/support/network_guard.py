"""No test passes in which a socket is used inside a transaction that may write, whichever library uses it.

`db.leave_transaction` stands before the conversations that we know of; this finds those that somebody adds. libpq's own
connections are none of Python's, so what is said to the database itself is not seen here.
"""

import socket
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from masthead.db import holds_writers_up

_found: list[str] = []


def _watched(name: str) -> Any:
    original = getattr(socket.socket, name)

    def watched(self: socket.socket, *arguments: Any) -> Any:
        if holds_writers_up():
            _found.append("".join(traceback.format_stack(limit=12)))
        return original(self, *arguments)

    return watched


@pytest.fixture(autouse=True)
def _no_network_in_a_transaction() -> Iterator[None]:
    """Watch the sockets of this process while a test runs."""
    _found.clear()
    # Not the fixture `monkeypatch`: it would be undone after the database has looked for changed settings.
    with pytest.MonkeyPatch.context() as patches:
        for name in ("connect", "send", "sendall"):
            patches.setattr(socket.socket, name, _watched(name))
        yield
    found, _found[:] = list(_found), []
    assert not found, f"A transaction that may write waits for the network:\n{found[0]}"


@pytest.fixture
def network_in_transactions() -> list[str]:
    """The conversations that were found in this test; a test that makes some on purpose clears the list."""
    return _found
