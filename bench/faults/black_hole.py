"""PostgreSQL takes every packet and answers none: 503 within seconds, and work goes on when it answers again."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.faults.site import Site, Writer
from tests.support.black_holes import BlackHole
from tests.support.over_http import Guest, Reply
from tests.support.own_postgres import OwnPostgres

WRITERS = 3
SILENT_SECONDS = 12.0
STATEMENT_SECONDS = 4


@dataclass(frozen=True)
class Figures:
    """Figures of a database that takes requests and never answers."""

    holes: int
    acknowledged: int
    lost: int
    #: Answers meanwhile, and those of them that were not 503 with Retry-After.
    refused: int
    refused_wrongly: int
    #: Seconds of the refusal that took longest, and until somebody's comment is saved after it answers again.
    longest: float
    seconds_to_return: float
    #: Answers of `/health/live` and `/metrics` while nobody heard of the database, and those that were not 200.
    read: int
    read_wrongly: int


def run(holes: int, *, silent_seconds: float = SILENT_SECONDS, server: str = "granian") -> Figures:
    """Let PostgreSQL vanish so often, and for so long each time."""
    with tempfile.TemporaryDirectory(prefix="masthead-hole-") as name, _database() as (database, hole):
        url = f"postgresql+psycopg://postgres@127.0.0.1:{hole.port}/postgres"
        site = Site(Path(name), url, server=server, DATABASE_STATEMENT_SECONDS=STATEMENT_SECONDS)
        site.prepare()
        with site.running():
            return _suffer(site, database, hole, holes, silent_seconds)


@contextmanager
def _database() -> Iterator[tuple[OwnPostgres, BlackHole]]:
    database = OwnPostgres()
    database.start()
    try:
        hole = BlackHole(database.socket)
        try:
            yield database, hole
        finally:
            hole.close()
    finally:
        database.close()


def _suffer(site: Site, database: OwnPostgres, hole: BlackHole, holes: int, silent_seconds: float) -> Figures:
    writers = [Writer(site.signed_in(), str(number)) for number in range(WRITERS)]
    for writer in writers:
        writer.begin()
    watcher = Guest(site.url)
    statuses, returns = [], []
    for _ in range(holes):
        time.sleep(1.0)
        hole.swallow()
        silent_until = time.monotonic() + silent_seconds
        while time.monotonic() < silent_until:
            statuses += [watcher.ask("GET", path, seconds=15).status for path in ("/health/live", "/metrics")]
            time.sleep(1.0)
        hole.go_on()
        back = time.monotonic()
        while (saved := _saved_after(writers, back)) is None:
            assert time.monotonic() < back + 60, "The site has not come back."
            time.sleep(0.01)
        returns.append(saved - back)
    for writer in writers:
        writer.end()
    acknowledged = {text for writer in writers for text in writer.acknowledged}
    with psycopg.connect(database.url.replace("+psycopg", "")) as connection:
        stored = {body for (body,) in connection.execute("SELECT body FROM comment").fetchall()}
    refused = [pair for writer in writers for pair in _refusals(writer)]
    return Figures(
        holes,
        len(acknowledged),
        len(acknowledged - stored),
        len(refused),
        sum(not _is_polite(reply) for _, reply in refused),
        max(seconds for seconds, _ in refused),
        max(returns),
        len(statuses),
        sum(status != 200 for status in statuses),
    )


def _saved_after(writers: list[Writer], moment: float) -> float | None:
    moments = [
        at
        for writer in writers
        for at, reply in list(writer.answers)
        if at > moment and reply and reply.status == 303
    ]
    return min(moments, default=None)


def _refusals(writer: Writer) -> Iterator[tuple[float, Reply | None]]:
    """How long each refusal took after the answer before it, and what it was."""
    before = None
    for at, reply in writer.answers:
        if before is not None and (reply is None or reply.status != 303):
            yield at - before, reply
        before = at


def _is_polite(reply: Reply | None) -> bool:
    return reply is not None and reply.status == 503 and "retry-after" in reply.headers
