"""Processes of `masthead` that run beside the server: workers, the beat."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import environment

#: A job in hand is finished first, and a busy machine takes its time.
STOP_SECONDS = 60


class Running:
    """A command of `masthead` in a process group and a home of its own."""

    def __init__(self, home: Path, command: tuple[str, ...], settings: dict[str, object]) -> None:
        self._log = home / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "masthead", *command],
                cwd=home,
                env=environment(home, settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """Return the output so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and see that it does so without complaint."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"It did not end within {STOP_SECONDS} seconds:\n{self.output}", pytrace=False)
        assert code in (0, -signal.SIGKILL), self.output


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a command of `masthead` as a process that goes on: `start_process("worker", DATABASE_URL=…)`."""
    running: list[Running] = []

    def start(*command: str, **settings: object) -> Running:
        home = tmp_path / f"process-{len(running)}"
        home.mkdir()
        running.append(Running(home, command, {"FLASK_CONFIG": "testing", "LOG_LEVEL": "INFO", **settings}))
        return running[-1]

    yield start
    for process in running:
        process.stop()
