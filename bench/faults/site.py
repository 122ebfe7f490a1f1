"""A site in a folder of its own that is made to suffer: started, killed, written to, and counted afterwards."""

import atexit
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from tests.support.commands import environment
from tests.support.live import free_port
from tests.support.over_http import Guest, Reply
from tests.support.own_postgres import OwnPostgres

PASSWORD = "a lamp, a desk and a deadline"
EMAIL = "walt@example.org"
START_SECONDS = 40
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
POST = "/blog/post/under-load"
#: Settings of the server that leave what is stored as it is.
WITHOUT_TRACE = {"WORKERS", "WORKER_TIMEOUT_SECONDS", "BODY_TIMEOUT_SECONDS"}


@contextmanager
def on_postgres() -> Iterator[tuple["Site", OwnPostgres]]:
    """Run a site on a PostgreSQL server of its own that may be stopped, crashed or made a standby."""
    server = OwnPostgres()
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="masthead-postgres-") as name:
            site = Site(Path(name), server.url)
            site.prepare()
            with site.running():
                yield site, server
    finally:
        server.close()


class Site:
    """`masthead serve`, with everything that belongs to it, in one process group."""

    def __init__(
        self, home: Path, database_url: str = "", *, server: str = "granian", **settings: object
    ) -> None:
        self.home = home
        self.log = home / "server.log"
        self._server = server
        self._is_plain = not database_url and settings.keys() <= WITHOUT_TRACE
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = {
            "FLASK_CONFIG": "testing",
            "DATABASE_URL": database_url,
            "SITE_URL": self.url,
            "RATELIMIT_ENABLED": "false",
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def file(self) -> Path:
        """The SQLite database, if that is where it writes."""
        return self.home / "masthead.sqlite3"

    @property
    def process_id(self) -> int:
        """The process that was started: the supervisor."""
        assert self._process is not None
        return self._process.pid

    def stored(self) -> set[str]:
        """All comments in the SQLite database."""
        with closing(sqlite3.connect(self.file)) as connection:
            return {body for (body,) in connection.execute("SELECT body FROM comment")}

    def run(self, *arguments: str, typed: str | None = None) -> str:
        """A command of `masthead`; what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "masthead", *arguments],
            cwd=self.home,
            env=environment(self.home, self._settings),
            input=typed,
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stdout

    def prepare(self) -> None:
        """Tables, somebody who writes, and a post under which it is written."""
        if self._is_plain:
            # It takes longer than many a fault, and it is the same for all of these.
            shutil.copytree(_plain_home(), self.home, dirs_exist_ok=True)
        else:
            self.make()

    def make(self) -> None:
        """Make the site step by step."""
        self.run("db", "upgrade")
        self.run("user", "create", "walt", EMAIL, "--role", "administrator", "--password", PASSWORD)
        with self.running():
            guest = self.signed_in()
            fields = {"title": "Under load", "body": "Write below.", "slug": "under-load"}
            assert guest.fill_in("/blog/create", button="publish", **fields).status == 303

    def start(self) -> None:
        """Start it and wait for its first answer."""
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--server", self._server]
        command = [sys.executable, "-m", "masthead", "serve", *place]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.home,
                env=environment(self.home, self._settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def answers(self) -> bool:
        """Return True if the site answers with a page."""
        with suppress(OSError):
            return Guest(self.url).ask("GET", "/", seconds=2).status == 200
        return False

    def kill(self) -> None:
        """End every process of it at once."""
        assert self._process is not None
        # Nobody is left if the supervisor was killed.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve in this block."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def signed_in(self) -> Guest:
        """Walt, at his desk."""
        guest = Guest(self.url)
        assert guest.fill_in("/auth/login", email=EMAIL, password=PASSWORD).status == 303
        return guest


@cache
def _plain_home() -> Path:
    """The home of a site that was prepared and never started since, until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="masthead-plain-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    site = Site(folder)
    site.make()
    site.log.unlink()
    return folder


class Writer:
    """Somebody who comments without a pause, and remembers what was acknowledged."""

    def __init__(self, guest: Guest, name: str) -> None:
        self._guest, self._name = guest, name
        match = TOKEN.search(guest.get(POST).text)
        assert match is not None
        self._token = match[1]
        self._number = 0
        self._ended = threading.Event()
        self.acknowledged: list[str] = []
        #: When each answer came (monotonic), and what it was; None is a broken connection.
        self.answers: list[tuple[float, Reply | None]] = []
        #: Seconds until each acknowledgement.
        self.waits: list[float] = []
        self._thread = threading.Thread(target=self._write_on, daemon=True)

    def write(self) -> Reply | None:
        """One comment; its answer."""
        self._number += 1
        text = f"{self._name} writes {self._number}"
        began = time.monotonic()
        try:
            reply = self._guest.ask(
                "POST", f"{POST}/comment", {"csrf_token": self._token, "body": text}, seconds=20
            )
        except OSError:
            self.answers.append((time.monotonic(), None))
            return None
        self.answers.append((time.monotonic(), reply))
        if reply.status == 303:
            self.acknowledged.append(text)
            self.waits.append(self.answers[-1][0] - began)
        return reply

    def shown(self, guest: Guest) -> str:
        """The pages on which what was written is shown, to whoever asks."""
        pages = guest.get(POST).text
        number = 2
        while f"comments={number}" in pages or f"page={number}" in pages:
            pages += guest.get(f"{POST}?comments={number}").text
            number += 1
        return pages

    def _write_on(self) -> None:
        while not self._ended.is_set():
            reply = self.write()
            if reply is None or reply.status != 303:
                self._ended.wait(0.02)

    def begin(self) -> None:
        """Write from a thread until `end`."""
        self._thread.start()

    def ask_to_end(self) -> None:
        """Have the comment in hand be the last."""
        self._ended.set()

    def end(self) -> None:
        """Finish the comment in hand."""
        self._ended.set()
        self._thread.join(30)
