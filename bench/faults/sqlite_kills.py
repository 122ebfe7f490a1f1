"""``kill -9`` on the whole site while it writes into SQLite, again and again: what was acknowledged must be there."""

import random
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.faults.site import Site, Writer

WRITERS = 3


@dataclass(frozen=True)
class Figures:
    """Figures of a server that is killed while people write."""

    cycles: int
    acknowledged: int
    lost: int
    damaged: int
    #: From the start of the killed site's successor to its first page.
    seconds_to_return: float


def run(cycles: int, *, seconds: float = 0.6) -> Figures:
    """So many kills, each after about so many seconds of writing."""
    with tempfile.TemporaryDirectory(prefix="masthead-kills-") as name:
        site = Site(Path(name))
        site.prepare()
        acknowledged: list[str] = []
        returns, lost, damaged = [], 0, 0
        site.start()
        for cycle in range(cycles):
            writers = [Writer(site.signed_in(), f"{cycle}.{number}") for number in range(WRITERS)]
            for writer in writers:
                writer.begin()
            time.sleep(seconds * random.uniform(0.5, 1.5))
            site.kill()
            for writer in writers:
                writer.end()
                acknowledged += writer.acknowledged
            began = time.monotonic()
            site.start()
            returns.append(time.monotonic() - began)
            stored, is_whole = _stored(site.file)
            lost += len(set(acknowledged) - stored)
            damaged += not is_whole
        site.stop()
    return Figures(cycles, len(acknowledged), lost, damaged, median(returns))


def _stored(file: Path) -> tuple[set[str], bool]:
    connection = sqlite3.connect(file)
    try:
        texts = {body for (body,) in connection.execute("SELECT body FROM comment")}
        return texts, connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    finally:
        connection.close()
