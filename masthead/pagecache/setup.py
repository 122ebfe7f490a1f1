"""Installs the page cache in front of an application."""

import os
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response
from sqlalchemy import make_url

from masthead.config import Config
from masthead.pagecache import dependencies, fragments
from masthead.pagecache.cache_keys import Addresses
from masthead.pagecache.counters import HitCounters
from masthead.pagecache.invalidation import EXTENSION
from masthead.pagecache.middleware import OnHit, PageCache
from masthead.pagecache.sqlite_watch import SQLiteWatch
from masthead.pagecache.store import PageStore

if TYPE_CHECKING:
    from masthead.pagecache.postgres_watch import PostgresWatch

MEGABYTE: Final = 1024 * 1024
#: Room for fragments, beside the room for pages and as a fraction of it.
FRAGMENTS_SHARE: Final = 1 / 4
_installed: "weakref.WeakSet[PageCache]" = weakref.WeakSet()


def init_app(app: Flask, config: Config, *, on_hit: OnHit) -> None:
    """Install the middleware. Call this before the middleware that knows proxies, which belongs outside of the cache."""
    store = PageStore(config.PAGE_CACHE_MB * MEGABYTE)
    cache = PageCache(
        app.wsgi_app,
        addresses=Addresses(app),
        store=store,
        watch=_watch(config, store),
        counted=HitCounters(Path(config.MASTHEAD_HOME)),
        on_hit=on_hit,
        stale_seconds=config.PAGE_CACHE_STALE_SECONDS,
    )
    app.extensions[EXTENSION] = cache
    fragments.init_app(app, limit_bytes=int(config.PAGE_CACHE_MB * MEGABYTE * FRAGMENTS_SHARE))
    if config.PAGE_CACHE:
        app.wsgi_app = cache  # type: ignore[method-assign]  # as Flask documents it
        app.after_request(_note_moments)
        _installed.add(cache)


def _watch(config: Config, store: PageStore) -> "SQLiteWatch | PostgresWatch":
    url = make_url(config.DATABASE_URL)
    if url.get_backend_name() == "sqlite":
        return SQLiteWatch(url.database or "", store)
    # Imported here: the driver is large, and a site on SQLite never needs it.
    from masthead.db import postgres_listener
    from masthead.pagecache.postgres_watch import PostgresWatch

    return PostgresWatch(postgres_listener.address_of(url), store)


def _note_moments(response: Response) -> Response:
    reading = dependencies.current()
    if reading is not None and response.status_code < 500:
        reading.note_moments()
    return response


def _reset_in_child() -> None:
    for cache in _installed:
        cache.reset_after_fork()


os.register_at_fork(after_in_child=_reset_in_child)
