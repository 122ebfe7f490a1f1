"""What is expensive inside pages that are not kept, such as the number of posts or the text of an article: kept in this
process until it changes.

The same argument as for pages holds (README.md): a fragment notes what it reads, is kept only if nothing of that has changed
since before the first read of its request, and is used only as long as nothing of it has changed.
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

#: Where the cache notes, before the first read of a request, which changes it knew of.
POSITION: Final = "masthead.pagecache.position"
STORE: Final = "masthead.fragments"
T = TypeVar("T")


class StaleFragment(AssertionError):
    """A kept fragment differs from the same one made afresh; only tests make both."""


def init_app(app: Flask, *, limit_bytes: int) -> None:
    """Give an application a store of its own."""
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
    """What was made, of which topics, as they stood at which position and moment, and until when it stays so by itself."""

    value: Any
    topics: frozenset[Topic]
    since: int
    made_at: datetime
    until: datetime | None

    def is_fresh(self, cache: "PageCache", now: datetime) -> bool:
        """Whether nothing of it has changed, no moment has passed at which it does by itself, nor the clock been set back."""
        is_in_time = self.made_at <= now and (self.until is None or now < self.until)
        return is_in_time and not cache.store.changed_since(self.topics, self.since)


def memoize(name: str, make: Callable[[], T]) -> T:
    """What ``make`` reads from the database, asked once for each change of what it is made of; None is not kept.

    As for pages, statements and loaded rows note themselves. A row that was loaded before notes nothing, so ``make`` says
    with `reads` what it uses of that. Outside of requests, in a transaction that changes such a thing itself, and while
    changes are not heard of, it is asked each time.
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
    # What has changed since the request began may be missing in what it reads.
    is_certain = cache.watch.catch_up() and not cache.store.changed_since(reading.topics, since)
    if value is not None and reading.topics and is_certain and not is_changing(reading.topics):
        if kept is not None and kept.value != value:
            raise StaleFragment(
                f"{name} was {kept.value!r} and is {value!r}; it had read {sorted(kept.topics)}."
            )
        store.set(name, Fragment(value, frozenset(reading.topics), since, now, reading.until))
    return value
