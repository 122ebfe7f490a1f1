"""What is expensive inside pages that are not kept, such as the number of posts: kept in this process until it changes.

The same argument as for pages holds (README.md): a fragment's key carries the position of the last change of its topic,
and one that was made from an older snapshot is not kept.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from flask import Flask, current_app, has_request_context, request
from flask_caching import Cache

from masthead import clock
from masthead.pagecache import topics
from masthead.pagecache.changes import EXTENSION, is_changing

if TYPE_CHECKING:
    from masthead.pagecache.middleware import PageCache

#: Where the cache notes, before the first read of a request, which changes it knew of.
POSITION: Final = "masthead.pagecache.position"
STORE: Final = "masthead.fragments"
KEPT_FRAGMENTS: Final = 5_000
T = TypeVar("T")


class StaleFragment(AssertionError):
    """A kept fragment differs from the same one made afresh; only tests make both."""


def init_app(app: Flask) -> None:
    """Give an application a store of its own."""
    store = Cache(with_jinja2_ext=False)
    store.init_app(
        app,
        config={"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": KEPT_FRAGMENTS, "CACHE_DEFAULT_TIMEOUT": 0},
    )
    app.extensions[STORE] = store


class Fragment(NamedTuple):
    """What was made, when, and until which moment it stays so by itself."""

    value: Any
    made_at: datetime
    until: datetime | None

    def is_fresh(self, now: datetime) -> bool:
        """Whether no moment has passed at which it changes by itself, nor the clock been set back."""
        return self.made_at <= now and (self.until is None or now < self.until)


def remembered(name: str, topic: str, make: Callable[[], T]) -> T:
    """What ``make`` answers from the database, asked once for each change of the topic that it depends on.

    Outside of requests, in a transaction that changes the topic itself, and while changes are not heard of, it is asked
    each time.
    """
    topics.reads(topic)
    since = request.environ.get(POSITION) if has_request_context() else None
    cache = cast("PageCache", current_app.extensions[EXTENSION])
    if since is None or is_changing(topic) or not cache.watch.catch_up():
        return make()
    store: Cache = current_app.extensions[STORE]
    key = f"{name}@{cache.store.last_change(topic)}"
    fragment: Fragment | None = store.get(key)
    now = clock.now()
    is_known = fragment is not None and fragment.is_fresh(now)
    if fragment is not None and is_known and not cache.verifies:
        return cast(T, fragment.value)
    value = make()
    # What has changed since the request began may be missing in what it reads.
    if cache.watch.catch_up() and not cache.store.changed_since(topic, since):
        if fragment is not None and is_known and fragment.value != value:
            raise StaleFragment(f"{name} was {fragment.value!r} and is {value!r}.")
        store.set(key, Fragment(value, now, cache.moments.next_of(topic, since)))
    return value
