"""A running site: the real server in a process of its own, on a free port, with a home of its own."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import environment
from tests.support.databases import Database, SQLiteContent

START_SECONDS = 30
STOP_SECONDS = 15


class LiveSite:
    """`masthead serve`, and its database, into which the factories write while it runs."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = Database("sqlite", SQLiteContent(home / "masthead.sqlite3"), home)
        self._settings = {"FLASK_CONFIG": "testing", "LOG_LEVEL": "WARNING", **settings}
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait for its first answer."""
        command = [sys.executable, "-m", "masthead", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        settings = {"SITE_URL": self.url, **self._settings}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.home,
                env=environment(self.home, settings),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The server did not start:\n{self.output}", pytrace=False)
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the server answers a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/theme.css")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    @property
    def output(self) -> str:
        """What the server has printed since its first start."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def stop(self) -> int:
        """Ask the server to end, as Ctrl+C does; its exit code."""
        return self._end(signal.SIGINT)

    def terminate(self) -> int:
        """Ask the server to end, as systemd and Docker do; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End the server as the kernel does when memory runs out; its exit code."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        try:
            code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            pytest.fail(
                f"The server did not end within {STOP_SECONDS} seconds:\n{self.output}", pytrace=False
            )
        self._process = None
        return code

    def close(self) -> None:
        """End the server if it still runs."""
        if self._process is not None:
            self.terminate()
        self.database.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def make_live_site(tmp_path: Path) -> Iterator[Callable[..., LiveSite]]:
    """Make a site with its own settings, not started yet; the factories write into the one made last."""
    made: list[tuple[LiveSite, Any]] = []

    def make(**settings: object) -> LiveSite:
        home = tmp_path / f"site-{len(made)}"
        home.mkdir()
        site = LiveSite(home, **settings)
        use = site.database.in_use()
        use.__enter__()
        made.append((site, use))
        return site

    yield make
    for site, use in reversed(made):
        use.__exit__(None, None, None)
        site.close()


@pytest.fixture
def live_site(make_live_site: Callable[..., LiveSite]) -> LiveSite:
    """A running site with an empty publication."""
    site = make_live_site()
    site.start()
    return site
