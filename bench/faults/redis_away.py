"""Valkey stalled, stopped and flapping under a running site: what a search, which counts a limit, takes meanwhile."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.faults.site import Site, Writer
from tests.support.broken_servers import OwnValkey

SEARCHES = 20


@dataclass(frozen=True)
class Figures:
    """Milliseconds of a search, and what went wrong."""

    well: float
    first_stalled: float
    then_stalled: float
    stopped: float
    #: Of searches and comments in all states together.
    asked: int
    failed: int


def run() -> Figures:
    """Try each fault once."""
    with tempfile.TemporaryDirectory(prefix="masthead-valkey-") as name:
        server = OwnValkey(Path(name) / "valkey")
        server.start()
        (Path(name) / "site").mkdir()
        many = {"RATELIMIT_SEARCH": "100000 per minute", "RATELIMIT_COMMENT": "100000 per minute"}
        site = Site(Path(name) / "site", REDIS_URL=server.url, RATELIMIT_ENABLED="true", **many)
        try:
            site.prepare()
            with site.running():
                return _suffer(site, server)
        finally:
            server.stop()


def _suffer(site: Site, server: OwnValkey) -> Figures:
    guest = site.signed_in()
    writer = Writer(guest, "walt")
    statuses: list[int] = []

    def search() -> float:
        began = time.monotonic()
        statuses.append(guest.get("/search?q=load").status)
        return (time.monotonic() - began) * 1_000

    def comment() -> None:
        reply = writer.write()
        statuses.append(200 if reply and reply.status == 303 else 0)

    search()
    well = median(search() for _ in range(SEARCHES))
    server.stall()
    first = search()
    then = median(search() for _ in range(SEARCHES))
    comment()
    for _ in range(5):
        server.go_on()
        search()
        time.sleep(0.2)
        server.stall()
        search()
        comment()
    server.stop()
    stopped = median(search() for _ in range(SEARCHES))
    comment()
    server.start()
    comment()
    return Figures(well, first, then, stopped, len(statuses), sum(status != 200 for status in statuses))
