"""The page cache of the running test, ready to answer."""

import time

import pytest
from flask import Flask

from masthead.pagecache.middleware import PageCache
from tests.support.databases import pages_of
from tests.support.pages import settle
from tests.support.visitors import Visitor


@pytest.fixture
def cache(app: Flask) -> PageCache:
    """The page cache, warmed up: on PostgreSQL it answers nothing before it listens."""
    app.test_client().get("/robots.txt")
    settle([app])
    pages_of(app).clear()
    return pages_of(app)


@pytest.fixture
def ready(cache: PageCache, client: Visitor) -> Visitor:
    deadline = time.monotonic() + 10
    while not cache.watch.catch_up():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return client
