"""A PostgreSQL of one test's own, which the test may stop, kill and start again. What it says is written, is written."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres

SETTINGS = postgres.SETTINGS | {"synchronous_commit": "on", "max_connections": "60"}


class OwnPostgres:
    """A server on a Unix socket in a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="masthead-pg-", dir="/tmp"))
        self._identity = postgres.identity_for(self._folder)
        self._programs = postgres.programs_for(self._folder, self._identity)
        self._server: subprocess.Popen[bytes] | None = None
        postgres.make_cluster(self._folder, self._programs, self._identity)

    @property
    def url(self) -> str:
        """Its database."""
        return f"postgresql+psycopg://{postgres.SUPERUSER}@/postgres?host={self._folder}"

    @property
    def socket(self) -> Path:
        """The socket that it listens on."""
        return self._folder / ".s.PGSQL.5432"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._server = postgres.started(self._folder, self._programs, self._identity, SETTINGS)

    def stop(self) -> None:
        """End it as an operator does who restarts it: whoever is connected is sent away."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it without writing anything any more; the next start has to recover."""
        self._end(signal.SIGQUIT)

    def become_standby(self) -> None:
        """Restart it as the standby of a server that is gone: it can be read, and nothing can be written."""
        self.stop()
        (self._folder / "data" / "standby.signal").touch()
        self.start()

    def promote(self) -> None:
        """Let it be written again, without a restart."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def _end(self, number: signal.Signals) -> None:
        if self._server is not None:
            self._server.send_signal(number)
            self._server.wait(30)
            self._server = None

    def close(self) -> None:
        """End it and forget its data."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """A running PostgreSQL that only this test uses: `.url`, `.stop()`, `.crash()`, `.start()`."""
    server = OwnPostgres()
    server.start()
    yield server
    server.close()
