"""Workers killed while they send letters: none is missing, and one that came twice has the same Message-ID."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import create_engine, text

from tests.support.commands import environment
from tests.support.live import free_port

LETTERS = 40
#: How long the mail server takes for a letter, and how long after its "250" nobody hears of it.
SERVER_SECONDS = 0.05


@dataclass(frozen=True)
class Figures:
    """Figures of letters while the mail server and the workers fail."""

    queued: int
    kills: int
    missing: int
    twice: int


class _Server:
    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        import asyncio
        from email import message_from_bytes

        await asyncio.sleep(SERVER_SECONDS)
        self.ids[message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 OK"


def run(kills: int, *, letters: int = LETTERS) -> Figures:
    """Queue letters, and kill the runner that sends them so often."""
    server = _Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with tempfile.TemporaryDirectory(prefix="masthead-letters-") as name:
            home = Path(name)
            settings: dict[str, object] = {
                "FLASK_CONFIG": "testing",
                "MAIL_URL": f"smtp://127.0.0.1:{controller.port}",
            }
            _queue(home, settings, letters)
            for _ in range(kills):
                _send_for_a_while(home, settings)
            _command(home, settings, "jobs", "run", "--once")
            return Figures(
                letters, kills, letters - len(server.ids), sum(count - 1 for count in server.ids.values())
            )
    finally:
        controller.stop()


def _command(home: Path, settings: dict[str, object], *arguments: str) -> None:
    command = [sys.executable, "-m", "masthead", *arguments]
    subprocess.run(command, cwd=home, env=environment(home, settings), check=True, capture_output=True)


def _queue(home: Path, settings: dict[str, object], letters: int) -> None:
    _command(home, settings, "db", "upgrade")
    _command(
        home, settings, "user", "create", "walt", "walt@example.org", "--password", "a lamp and a deadline"
    )
    statement = (
        "INSERT INTO job (name, args, state, created_at, run_at, attempts, last_error) "
        "SELECT 'accounts.tell_of_factor', json_array(id, 'reset'), 'queued', :at, :at, 0, '' FROM \"user\""
    )
    with create_engine(f"sqlite:///{home}/masthead.sqlite3").begin() as connection:
        connection.execute(text("DELETE FROM job"))
        for _ in range(letters):
            connection.execute(text(statement), {"at": "2026-01-01 00:00:00.000000"})


def _send_for_a_while(home: Path, settings: dict[str, object]) -> None:
    """Run jobs, kill the runner while it sends, and let its leases end at once instead of in a minute."""
    database = create_engine(f"sqlite:///{home}/masthead.sqlite3")
    command = [sys.executable, "-m", "masthead", "jobs", "run"]
    with subprocess.Popen(
        command, cwd=home, env=environment(home, settings), start_new_session=True, stderr=subprocess.DEVNULL
    ) as runner:
        deadline = time.monotonic() + 30
        while not _count(database, "running"):
            if not _count(database, "queued") or time.monotonic() > deadline:
                break
            time.sleep(0.005)
        time.sleep(0.12)
        os.killpg(runner.pid, signal.SIGKILL)
    with database.begin() as connection:
        connection.execute(
            text("UPDATE job SET lease_until = '2026-01-01 00:00:00.000000' WHERE state = 'running'")
        )


def _count(database: Any, state: str) -> int:
    with database.connect() as connection:
        found: int = connection.scalar(
            text("SELECT count(*) FROM job WHERE state = :state"), {"state": state}
        )
        return found
