"""Cost of autosaves: ``python -m bench.writers`` prints it beside its goals.

A hundred writers type at once, each into a post of their own, and every one is saved each two seconds, as the editor does.
A reader asks for pages meanwhile. Then one writer saves a text of 100 KB, sentence by sentence. BENCH_SECONDS says how long
the reader measures each time.
"""

import http.client
import json
import multiprocessing
import os
import re
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench import servers
from bench.editor import PARAGRAPH, PASSWORD, TEXT_BYTES
from bench.figures import Figure, Rounds, at_most, table

WRITERS = 100
SAVE_SECONDS = 2.0
SHORT_CHARACTERS = 3_000
SAVES_OF_LONG = 60
SENTENCE = "Nobody hurries it, and nobody waits for long. "
READ = ("/", "/blog/", "/blog/post/ferries")


def main() -> None:
    """Measure, print, and fail if a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="masthead-bench-") as place:
        figures = measure(Path(place))
    print(table(figures))
    if not all(figure.is_met for figure in figures):
        sys.exit(1)


class Writer:
    """Somebody who is signed in, over one connection."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.cookie = self.token = ""

    def sign_in(self) -> "Writer":
        """Sign in through the form."""
        form = {"email": "writer@example.org", "password": PASSWORD, "csrf_token": self._token("/auth/login")}
        self._send("POST", "/auth/login", urlencode(form), "application/x-www-form-urlencoded")
        self.token = self._token("/blog/create")
        return self

    def again(self, url: str) -> "Writer":
        """Open another connection of the same session."""
        other = Writer(url)
        other.cookie, other.token = self.cookie, self.token
        return other

    def save(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one autosave; the answer."""
        status, answer = self._send(method, path, json.dumps(body), "application/json")
        if status not in {200, 201}:
            sys.exit(f"{method} {path} answered {status}: {answer[:200]!r}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def publish(self, title: str) -> None:
        """Publish a post."""
        form = {"title": title, "body": PARAGRAPH, "action": "publish", "csrf_token": self.token}
        self._send("POST", "/blog/create", urlencode(form), "application/x-www-form-urlencoded")

    def _token(self, path: str) -> str:
        _, page = self._send("GET", path)
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        if found is None:
            sys.exit(f"{path} has no form token.")
        return found[1].decode()

    def _send(self, method: str, path: str, body: str = "", kind: str = "text/plain") -> tuple[int, bytes]:
        headers = {"Cookie": self.cookie, "Content-Type": kind, "X-CSRF-Token": self.token}
        sent = body.encode() if body else None
        try:
            self.connection.request(method, path, sent, headers)
            answer = self.connection.getresponse()
        except ConnectionError:
            # The server closes connections that wait; a repeated autosave is harmless.
            self.connection.close()
            self.connection.request(method, path, sent, headers)
            answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.partition(";")[0]
        return answer.status, answer.read()


class Post:
    """A draft that one client saves again and again."""

    def __init__(self, writer: Writer, name: str, body: str) -> None:
        self.writer, self.body, self.sequence = writer, body, 1
        self.fields = {"title": name, "summary": "", "tags": "", "client": name}
        made = writer.save("POST", "/blog/create", self.fields | {"body": body, "sequence": 1})
        self.path, self.version = f"/blog/edit/{made['id']}/working-copy", made["version"]

    def type(self, text: str, where: float = 1.0) -> float:
        """Type into the text and save it; the seconds until the answer."""
        at = int(len(self.body) * where)
        self.body = self.body[:at] + text + self.body[at:]
        self.sequence += 1
        sent = self.fields | {"body": self.body, "sequence": self.sequence, "base_version": self.version}
        started = time.perf_counter()
        self.version = self.writer.save("PUT", self.path, sent)["version"]
        return time.perf_counter() - started


def measure(home: Path) -> list[Figure]:
    """The figures of autosaves."""
    settings = {"MASTHEAD_HOME": str(home), "LOG_LEVEL": "WARNING", "RATELIMIT_ENABLED": "false"}
    variables = servers.environment(settings)
    servers.masthead("db", "upgrade", variables=variables)
    account = ("user", "create", "writer", "writer@example.org", "--role", "author", "--password", PASSWORD)
    servers.masthead(*account, variables=variables)
    seconds = float(os.environ.get("BENCH_SECONDS", "3"))
    with servers.granian("masthead.wsgi:app", variables) as url:
        writer = Writer(url).sign_in()
        writer.publish("Ferries")
        rounds = _rounds(url, writer, seconds)
        saved, written = _long_text(writer, home)
    busy, spread = rounds.ratio("busy", "quiet")
    print(
        f"A reader's 99th percentile: {rounds.median('quiet'):.1f} ms, {rounds.median('busy'):.1f} ms with writers."
    )
    name = f"a reader's 99th percentile while {WRITERS} writers type"
    return [
        at_most(name, busy, 2, spread=spread),
        at_most("autosave of 100 KB", saved, 10, unit=" ms"),
        at_most("written to the journal by what was typed", written, 2),
    ]


def _rounds(url: str, writer: Writer, seconds: float) -> Rounds:
    def busy() -> float:
        with _typing(url, writer):
            return _reading(url, seconds)

    return Rounds({"quiet": lambda: _reading(url, seconds), "busy": busy}, 3)


def _reading(url: str, seconds: float) -> float:
    """The 99th percentile of a reader's answers, in milliseconds."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        started = time.perf_counter()
        connection.request("GET", READ[len(taken) % len(READ)])
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            sys.exit(f"A page answered {answer.status}.")
        time.sleep(0.005)
    return statistics.quantiles(taken, n=100)[-1]


@contextmanager
def _typing(url: str, writer: Writer) -> Iterator[None]:
    """The writers, in a process of their own, so that they do not slow the reader's clock."""
    context = multiprocessing.get_context("spawn")
    is_ready, is_over = context.Event(), context.Event()
    session = (writer.cookie, writer.token)
    process = context.Process(target=_type_all, args=(url, session, is_ready, is_over))
    process.start()
    try:
        if not is_ready.wait(120):
            sys.exit("The writers did not begin.")
        yield
    finally:
        is_over.set()
        process.join()
    if process.exitcode:
        sys.exit("A writer failed.")


def _type_all(url: str, session: tuple[str, str], is_ready: Event, is_over: Event) -> None:
    first = Writer(url)
    first.cookie, first.token = session
    start = f"{time.time_ns():x}"
    body = (PARAGRAPH * 10)[:SHORT_CHARACTERS]
    posts = [Post(first.again(url), f"{start}-{number}", body) for number in range(WRITERS)]
    failed = threading.Event()

    def go_on(post: Post, pause: float) -> None:
        try:
            while not is_over.wait(pause):
                pause = max(0.0, SAVE_SECONDS - post.type("and so on "))
        except BaseException:
            failed.set()
            raise

    threads = [
        threading.Thread(target=go_on, args=(post, SAVE_SECONDS * number / WRITERS))
        for number, post in enumerate(posts)
    ]
    for thread in threads:
        thread.start()
    time.sleep(SAVE_SECONDS)
    is_ready.set()
    for thread in threads:
        thread.join()
    if failed.is_set():
        sys.exit(1)


def _long_text(writer: Writer, home: Path) -> tuple[float, float]:
    """The milliseconds of an autosave of 100 KB, and the bytes in the journal for each typed one."""
    post = Post(writer, "long", (PARAGRAPH * (TEXT_BYTES // len(PARAGRAPH) + 1))[:TEXT_BYTES])
    post_id = int(post.path.split("/")[3])
    before = _journal_bytes(home, post_id)
    taken = [post.type(SENTENCE, (number % 10) / 10) * 1000 for number in range(SAVES_OF_LONG)]
    written, typed = _journal_bytes(home, post_id) - before, len(SENTENCE) * SAVES_OF_LONG
    print(f"{typed} bytes typed, {written} bytes of differences written.")
    return statistics.median(taken), written / typed


def _journal_bytes(home: Path, post_id: int) -> int:
    with sqlite3.connect(f"file:{next(home.glob('*.sqlite3'))}?mode=ro", uri=True) as database:
        statement = (
            "SELECT coalesce(sum(length(changes) + length(coalesce(sent, ''))), 0) FROM working_copy_change"
        )
        found: tuple[int] = database.execute(f"{statement} WHERE post_id = ?", (post_id,)).fetchone()
    return found[0]


if __name__ == "__main__":
    main()
