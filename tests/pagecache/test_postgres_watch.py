import time

import pytest
from sqlalchemy import insert, text

from masthead import clock
from masthead.db import db
from masthead.pagecache.models import CacheChange
from tests.support.databases import pages_of

pytestmark = pytest.mark.databases("postgresql")


def wait_until(condition):
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_hit(client):
    return client.get("/robots.txt").headers["X-Cache"] == "hit"


def test_a_change_without_a_notification_is_found_in_the_log(app, client):
    wait_until(lambda: is_hit(client))
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            insert(CacheChange).values(
                mark="lost", topics="settings", at=clock.now(), xid=text("pg_current_xact_id()::text::bigint")
            )
        )
    wait_until(lambda: not is_hit(client))


def test_nothing_comes_from_memory_while_nobody_listens(app, client):
    wait_until(lambda: is_hit(client))
    cache = pages_of(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text(
                # The server serves the databases of other tests as well.
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'SELECT id, mark FROM change%' AND datname = current_database()"
            )
        )
    wait_until(lambda: not cache.watch.catch_up())
    assert client.get("/robots.txt").headers["X-Cache"] == "bypass"
    # It comes back by itself, with an empty memory.
    wait_until(cache.watch.catch_up)
    assert client.get("/robots.txt").headers["X-Cache"] == "miss"
    assert is_hit(client)
