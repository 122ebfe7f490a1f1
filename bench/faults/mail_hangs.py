"""A mail server that takes connections and says nothing, while letters wait: everybody writes and signs in as before."""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text

from bench.faults.site import Site

LETTERS = 8
POSTS = 12


@dataclass(frozen=True)
class Figures:
    """Figures of letters to a mail server that hangs."""

    hanging: int
    #: Posts, sign-ins and commands while letters hung, and those that failed.
    acknowledged: int
    refused: int
    #: Milliseconds of one of them.
    middle_write: float
    slowest_write: float


@contextmanager
def silent_server() -> Iterator[tuple[int, list[socket.socket]]]:
    """A port on which connections are taken and nothing is said, and those connections."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield listener.getsockname()[1], taken
        listener.shutdown(socket.SHUT_RDWR)
    for connection in taken:
        connection.close()


def run(*, posts: int = POSTS) -> Figures:
    """Queue letters for a server that hangs, and write meanwhile."""
    with silent_server() as (port, taken), tempfile.TemporaryDirectory(prefix="masthead-mail-") as name:
        site = Site(Path(name), MAIL_URL=f"smtp://127.0.0.1:{port}")
        site.prepare()
        _queue(site)
        with site.running():
            deadline = time.monotonic() + 30
            while not taken:
                assert time.monotonic() < deadline, "No letter was begun."
                time.sleep(0.05)
            return _write(site, posts, len(taken))


def _queue(site: Site) -> None:
    statement = (
        "INSERT INTO job (name, args, state, created_at, run_at, attempts, last_error) "
        "SELECT 'accounts.tell_of_factor', json_array(id, 'reset'), 'queued', :at, :at, 0, '' FROM \"user\""
    )
    with create_engine(f"sqlite:///{site.file}").begin() as connection:
        for _ in range(LETTERS):
            connection.execute(text(statement), {"at": "2026-01-01 00:00:00.000000"})


def _write(site: Site, posts: int, hanging: int) -> Figures:
    guest = site.signed_in()
    milliseconds, refused = [], 0
    for number in range(posts):
        began = time.monotonic()
        typed = {"title": f"River {number}", "body": "It runs.", "slug": f"river-{number}"}
        refused += guest.fill_in("/blog/create", button="publish", **typed).status != 303
        milliseconds.append((time.monotonic() - began) * 1_000)
    # They raise if they fail.
    site.signed_in()
    site.run("user", "create", "rhea", "rhea@example.org", "--password", "a lamp and a deadline")
    return Figures(hanging, posts - refused + 2, refused, median(milliseconds), max(milliseconds))
