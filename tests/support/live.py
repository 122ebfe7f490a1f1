"""A running site: the real server in a process of its own, on a free port, with a home of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import COMMAND_SECONDS, environment
from tests.support.databases import Database

#: For a busy machine; the server itself gives requests 15 seconds and jobs 20.
START_SECONDS = 90
STOP_SECONDS = 60
#: Printed when a new server has taken over.
REPLACED = "A new server answers"


class LiveSite:
    """`masthead serve` with a home of its own, on the database of the test: the factories write into it while it runs."""

    def __init__(
        self,
        home: Path,
        database: Database,
        *,
        name: str = "127.0.0.1",
        server: str = "granian",
        **settings: object,
    ) -> None:
        self.home = home
        self._server = server
        self.port = free_port()
        self.url = f"http://{name}:{self.port}"
        self._settings = {
            "FLASK_CONFIG": "testing",
            "DATABASE_URL": database.url,
            "SITE_URL": self.url,
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait for its first answer."""
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--server", self._server]
        command = [sys.executable, "-m", "masthead", "serve", *place]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.home,
                env=environment(self.home, self._settings),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The server did not start:\n{self.output}", pytrace=False)
            time.sleep(0.05)

    def answers(self) -> bool:
        """Return True if the server answers a request."""
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
        """Return the output of the server since its first start."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def run(self, *arguments: str) -> str:
        """Run a command of `masthead` beside the server, as an operator does; what it printed."""
        finished = subprocess.run(
            [sys.executable, "-m", "masthead", *arguments],
            cwd=self.home,
            env=environment(self.home, self._settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=COMMAND_SECONDS,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def reload(self) -> None:
        """Have the server replaced by a new one, and wait until that one answers."""
        assert self._process is not None
        before = self.output.count(REPLACED)
        self._process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while self.output.count(REPLACED) == before:
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def stop(self) -> int:
        """Ask the server to end, as Ctrl+C does; its exit code."""
        return self._end(signal.SIGINT)

    def terminate(self) -> int:
        """Ask the server to end, as systemd and Docker do; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End the server and its workers at once, as a power cut does; the exit code."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        try:
            code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
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


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def make_live_site(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., LiveSite]]:
    """Make a site with other settings, not started yet: `make_live_site(WORKERS=2)`; `name` is its host name."""
    made: list[LiveSite] = []
    if "chromium" in request.fixturenames:
        # Tests without a browser cover what it asks for, and measuring more than doubles the time of a server's start.
        for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
            monkeypatch.delenv(name, raising=False)

    def make(*, name: str = "127.0.0.1", server: str = "granian", **settings: object) -> LiveSite:
        home = tmp_path / f"site-{len(made)}"
        home.mkdir()
        made.append(LiveSite(home, database, name=name, server=server, **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def live_site(make_live_site: Callable[..., LiveSite]) -> LiveSite:
    """A running site with an empty publication."""
    site = make_live_site()
    site.start()
    return site


@pytest.fixture
def masthead_on() -> Callable[..., str]:
    """Run a command on a live site: `masthead_on(live_site, "user", "list")`; what it printed."""
    return LiveSite.run
