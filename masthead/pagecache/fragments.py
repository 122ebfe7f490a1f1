"""Memoized fragments of pages that are not cached, such as a count of posts or an article's HTML.

The argument of README.md holds for them as well: a fragment records its dependencies, is stored only if none of them
changed since before the first read of its request, and is used only while none has changed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from flask import Flask, current_app, has_request_context, request
from flask_caching import Cache

from masthead import clock
from masthead.pagecache import dependencies
from masthead.pagecache.dependencies import PageDependencies
from masthead.pagecache.invalidation import EXTENSION, is_changing
from masthead.pagecache.topics import Topic

if TYPE_CHECKING:
    from masthead.pagecache.middleware import PageCache

#: Where a request keeps the log position before its first read.
POSITION: Final = "masthead.pagecache.position"
STORE: Final = "masthead.fragments"
T = TypeVar("T")


class StaleFragment(AssertionError):
    """A memoized fragment differs from a fresh one; only tests compare them."""


def init_app(app: Flask, *, limit_bytes: int) -> None:
    """Give an application its fragment store."""
    store = Cache(with_jinja2_ext=False)
    store.init_app(
        app,
        config={
            "CACHE_TYPE": "masthead.pagecache.fragment_store.FragmentStore",
            "CACHE_OPTIONS": {"limit_bytes": limit_bytes},
            "CACHE_DEFAULT_TIMEOUT": 0,
        },
    )
    app.extensions[STORE] = store


class Fragment(NamedTuple):
    """A value with its topics, its log position, its creation time and its expiry."""

    value: Any
    topics: frozenset[Topic]
    since: int
    made_at: datetime
    until: datetime | None

    def is_fresh(self, cache: "PageCache", now: datetime) -> bool:
        """Tell if no topic has changed, the expiry has not passed, and the clock has not been set back."""
        is_in_time = self.made_at <= now and (self.until is None or now < self.until)
        return is_in_time and not cache.store.changed_since(self.topics, self.since)


def memoize(name: str, make: Callable[[], T]) -> T:
    """Return the result of ``make``, memoized until one of its dependencies changes; None is not stored.

    As for pages, statements and loaded rows record themselves. A row that was loaded before records nothing, so
    ``make`` declares it with `depends_on`. Outside of requests, in a transaction that changes a dependency, and while
    this process does not hear of changes, ``make`` is called each time.
    """
    since = request.environ.get(POSITION) if has_request_context() else None
    cache = cast("PageCache", current_app.extensions[EXTENSION])
    if since is None or not cache.watch.catch_up():
        return make()
    store: Cache = current_app.extensions[STORE]
    now = clock.now()
    kept: Fragment | None = store.get(name)
    if kept is not None and (is_changing(kept.topics) or not kept.is_fresh(cache, now)):
        kept = None
    if kept is not None and not cache.verifies:
        dependencies.depends_on(*kept.topics)
        return cast(T, kept.value)
    reading = PageDependencies(since, cache.moments)
    with dependencies.collecting(reading):
        value = make()
        reading.note_moments()
    dependencies.depends_on(*reading.topics)
    # A change since the request began may be missing in the snapshot that it reads.
    is_certain = cache.watch.catch_up() and not cache.store.changed_since(reading.topics, since)
    if value is not None and reading.topics and is_certain and not is_changing(reading.topics):
        if kept is not None and kept.value != value:
            raise StaleFragment(
                f"{name} was {kept.value!r} and is {value!r}; it had read {sorted(kept.topics)}."
            )
        store.set(name, Fragment(value, frozenset(reading.topics), since, now, reading.until))
    return value
