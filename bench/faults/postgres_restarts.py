"""PostgreSQL restarted and crashed under load: 503 meanwhile, work within seconds afterwards, nothing acknowledged lost."""

import time
from dataclasses import dataclass

import psycopg

from bench.faults.site import Site, Writer, on_postgres
from tests.support.over_http import Reply
from tests.support.own_postgres import OwnPostgres

WRITERS = 3
DOWN_SECONDS = 2.0


@dataclass(frozen=True)
class Figures:
    """Figures of a PostgreSQL that is restarted or crashes under load."""

    restarts: int
    acknowledged: int
    lost: int
    #: Answers while the database was away, and those of them that were not 503 with Retry-After.
    refused: int
    refused_wrongly: int
    #: From the moment the database answers again until somebody's comment is saved, the longest.
    seconds_to_return: float


def run(restarts: int) -> Figures:
    """Restart it so often, every second time by a crash."""
    with on_postgres() as (site, server):
        return _suffer(site, server, restarts)


def _suffer(site: Site, server: OwnPostgres, restarts: int) -> Figures:
    writers = [Writer(site.signed_in(), str(number)) for number in range(WRITERS)]
    for writer in writers:
        writer.begin()
    returns = []
    for number in range(restarts):
        time.sleep(1.0)
        (server.crash if number % 2 else server.stop)()
        time.sleep(DOWN_SECONDS)
        server.start()
        back = time.monotonic()
        while not any(_saved_after(writer, back) for writer in writers):
            assert time.monotonic() < back + 60, "The site has not come back."
            time.sleep(0.01)
        returns.append(min(_saved_after(writer, back) or back + 60 for writer in writers) - back)
    time.sleep(0.5)
    for writer in writers:
        writer.end()
    acknowledged = {text for writer in writers for text in writer.acknowledged}
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        stored = {body for (body,) in connection.execute("SELECT body FROM comment").fetchall()}
    replies = [reply for writer in writers for _, reply in writer.answers]
    refused = [reply for reply in replies if reply is None or reply.status != 303]
    return Figures(
        restarts,
        len(acknowledged),
        len(acknowledged - stored),
        len(refused),
        sum(not _is_polite(reply) for reply in refused),
        max(returns),
    )


def _saved_after(writer: Writer, moment: float) -> float | None:
    return next(
        (at for at, reply in list(writer.answers) if at > moment and reply and reply.status == 303), None
    )


def _is_polite(reply: Reply | None) -> bool:
    return reply is not None and reply.status == 503 and "retry-after" in reply.headers
