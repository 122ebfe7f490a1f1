"""The server is replaced under load, freezes, and loses its supervisor: nobody's request fails, and the port is never orphaned."""

import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.faults.site import Site, Writer
from tests.support.over_http import Guest

READERS = 6
WRITERS = 2
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Figures:
    """Figures of servers that are replaced under load."""

    reloads: int
    acknowledged: int
    lost: int
    refused: int
    read: int
    read_wrongly: int


@dataclass(frozen=True)
class FrozenFigures:
    """Figures of processes that are frozen or killed."""

    frozen: int
    replaced: int
    acknowledged: int
    lost: int
    #: Processes that still held the port after their supervisor was killed.
    orphans: int


class Reader(threading.Thread):
    """Somebody who reads without a pause, on a new connection each time."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.statuses: list[int] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Read until `ended` is set."""
        while not self.ended.is_set():
            try:
                self.statuses.append(Guest(self._url).ask("GET", "/", seconds=30).status)
            except OSError:
                self.statuses.append(0)


def run(reloads: int, requests: int, *, server: str = "granian") -> Figures:
    """Replace the server so often, and ask so often at least."""
    with tempfile.TemporaryDirectory(prefix="masthead-restarts-") as name:
        site = Site(Path(name), server=server)
        site.prepare()
        with site.running():
            writers = [Writer(site.signed_in(), str(number)) for number in range(WRITERS)]
            readers = [Reader(site.url) for _ in range(READERS)]
            for writer in writers:
                writer.begin()
            for reader in readers:
                reader.start()
            for number in range(reloads):
                before = servers_of(site.process_id)
                os.kill(site.process_id, signal.SIGHUP)
                # The old server has ended when the new one is alone.
                _wait(lambda before=before: (now := servers_of(site.process_id)) and not now & before)
                assert site.log.read_text().count("A new server answers") == number + 1
            _wait(lambda: sum(len(reader.statuses) for reader in readers) >= requests)
            for reader in readers:
                reader.ended.set()
                reader.join(30)
            for writer in writers:
                writer.end()
        lost = _lost(site, writers)
    statuses = [status for reader in readers for status in reader.statuses]
    return Figures(
        reloads,
        sum(len(writer.acknowledged) for writer in writers),
        len(lost),
        sum(reply is None or reply.status != 303 for writer in writers for _, reply in writer.answers),
        len(statuses),
        sum(status != 200 for status in statuses),
    )


def run_frozen(*, server: str = "granian") -> FrozenFigures:
    """Freeze a worker, then the server itself; kill the server; kill the supervisor."""
    with tempfile.TemporaryDirectory(prefix="masthead-frozen-") as name:
        site = Site(Path(name), server=server, WORKERS=2, WORKER_TIMEOUT_SECONDS=8)
        site.prepare()
        site.start()
        try:
            writer = Writer(site.signed_in(), "walt")
            writer.write()
            (main,) = servers_of(site.process_id)
            children = servers_of(main)
            for victim in children:
                os.kill(victim, signal.SIGSTOP)
            _wait(lambda: (now := servers_of(main)) and len(now) == len(children) and not now & children)
            _wait(site.answers)
            writer.write()
            os.kill(main, signal.SIGSTOP)
            _wait(lambda: (now := servers_of(site.process_id)) and main not in now)
            _wait(site.answers)
            writer.write()
            (main,) = servers_of(site.process_id)
            os.kill(main, signal.SIGKILL)
            _wait(lambda: (now := servers_of(site.process_id)) and main not in now)
            _wait(site.answers)
            writer.write()
            lost = _lost(site, [writer])
            (main,) = servers_of(site.process_id)
            processes = {main, *servers_of(main)}
            os.kill(site.process_id, signal.SIGKILL)
            with suppress(AssertionError):
                _wait(lambda: not _is_open(site.port))
                _wait(lambda: not any(_runs(process) for process in processes))
            orphans = sum(_runs(process) for process in processes) + _is_open(site.port)
        finally:
            site.kill()
    return FrozenFigures(len(children) + 1, len(children) + 1, len(writer.acknowledged), len(lost), orphans)


def servers_of(process: int) -> set[int]:
    """The children of a process that run."""
    found = set()
    # Each thread has children of its own.
    for task in Path("/proc", str(process), "task").glob("*/children"):
        with suppress(OSError):
            found |= {int(number) for number in task.read_text(encoding="ascii").split()}
    return {number for number in found if _runs(number)}


def _runs(process: int) -> bool:
    try:
        state = Path("/proc", str(process), "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "It has not come to that."
        time.sleep(0.05)


def _lost(site: Site, writers: list[Writer]) -> set[str]:
    stored = site.stored()
    return {text for writer in writers for text in writer.acknowledged} - stored
