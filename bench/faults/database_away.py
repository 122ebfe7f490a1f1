"""PostgreSQL stopped for a while: pages from memory go on and say so, writes are refused, and all is well afterwards."""

import time
from dataclasses import dataclass
from statistics import median

from bench.faults.many_writers import is_polite
from bench.faults.site import POST, Site, Writer, on_postgres
from tests.support.over_http import Guest
from tests.support.own_postgres import OwnPostgres

READ = ("/", POST, "/blog/", "/feed.xml")


@dataclass(frozen=True)
class Figures:
    """Figures of pages from memory while the database is away."""

    acknowledged: int
    lost: int
    #: Comments meanwhile, and those that were not refused with 503 and Retry-After.
    refused: int
    refused_wrongly: int
    #: Kept pages that strangers read meanwhile, and those that were not 200 with ``X-Cache: stale``.
    read: int
    read_wrongly: int
    #: Of such a page, the median and the longest.
    milliseconds_stale: float
    longest_stale: float
    tracebacks: int
    #: From the moment the database answers again until a comment is saved.
    seconds_to_return: float


def run(seconds: float = 10.0) -> Figures:
    """Stop it for so long."""
    with on_postgres() as (site, server):
        return _suffer(site, server, seconds)


def _suffer(site: Site, server: OwnPostgres, seconds: float) -> Figures:
    writer, stranger = Writer(site.signed_in(), "walt"), Guest(site.url)
    while len(writer.acknowledged) < 10:
        writer.write()
    for path in READ:
        _wait_until_kept(stranger, path)
    server.stop()
    refused, waits, wrong = [], [], 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        refused.append(writer.write())
        for path in READ:
            began = time.monotonic()
            reply = stranger.get(path)
            waits.append((time.monotonic() - began) * 1_000)
            wrong += (reply.status, reply.headers.get("x-cache")) != (200, "stale")
    server.start()
    back = time.monotonic()
    while not ((reply := writer.write()) and reply.status == 303):
        assert time.monotonic() < back + 60, "Writing has not resumed."
    took = time.monotonic() - back
    shown = stranger.get(f"{POST}?comments=1").text
    return Figures(
        len(writer.acknowledged),
        sum(text not in shown for text in writer.acknowledged),
        len(refused),
        sum(not is_polite(reply) for reply in refused),
        len(waits),
        wrong,
        median(waits),
        max(waits),
        site.log.read_text(encoding="utf-8").count("Traceback"),
        took,
    )


def _wait_until_kept(stranger: Guest, path: str) -> None:
    deadline = time.monotonic() + 30
    while stranger.get(path).headers.get("x-cache") != "hit":
        assert time.monotonic() < deadline, f"{path} is not kept."
        time.sleep(0.02)
