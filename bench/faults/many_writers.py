"""Dozens and hundreds of people write into SQLite at once: each waits for their turn, and nobody is forgotten."""

import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench.faults.site import Site, Writer
from tests.support.over_http import Reply


@dataclass(frozen=True)
class Figures:
    """Figures of many writers at once."""

    writers: int
    acknowledged: int
    lost: int
    #: Comments that the database holds twice.
    doubled: int
    #: From sending a comment to its acknowledgement, in seconds.
    median_wait: float
    p99_wait: float
    #: Answers other than an acknowledgement, and those of them that were not 503 with Retry-After.
    refused: int
    refused_wrongly: int
    #: Lines of the server's log that tell of a locked database.
    locked: int


def run(writers: int, *, seconds: float = 20.0, workers: int = 1) -> Figures:
    """So many people who write for so many seconds, each their next comment when the one before is answered."""
    with tempfile.TemporaryDirectory(prefix="masthead-writers-") as name:
        site = Site(Path(name), WORKERS=workers)
        site.prepare()
        with site.running():
            guest = site.signed_in()
            crowd = [Writer(guest, str(number)) for number in range(writers)]
            for writer in crowd:
                writer.begin()
            time.sleep(seconds)
            for writer in crowd:
                writer.ask_to_end()
            for writer in crowd:
                writer.end()
        return _figures(site, crowd)


def _figures(site: Site, crowd: list[Writer]) -> Figures:
    acknowledged = [text for writer in crowd for text in writer.acknowledged]
    with closing(sqlite3.connect(site.file)) as connection:
        stored = [body for (body,) in connection.execute("SELECT body FROM comment")]
    refused = [reply for writer in crowd for _, reply in writer.answers if not reply or reply.status != 303]
    waits = quantiles((wait for writer in crowd for wait in writer.waits), n=100)
    return Figures(
        len(crowd),
        len(acknowledged),
        len(set(acknowledged) - set(stored)),
        len(stored) - len(set(stored)),
        waits[49],
        waits[98],
        len(refused),
        sum(not is_polite(reply) for reply in refused),
        site.log.read_text(encoding="utf-8").count("database is locked"),
    )


def is_polite(reply: Reply | None) -> bool:
    """Tell if a refusal says when to come back."""
    return reply is not None and reply.status == 503 and "retry-after" in reply.headers
