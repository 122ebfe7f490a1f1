"""The page store: an LRU cache in memory, indexed by URL and by topic."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from typing import Final, Generic, Protocol, TypeVar

from masthead.pagecache.cached_page import CachedPage
from masthead.pagecache.topics import EVERYTHING

#: Fraction of the room that 404 pages may take: clients invent their URLs.
MISSING_SHARE: Final = 1 / 16
#: Maximum size of a page, as a fraction of the room.
LARGEST_SHARE: Final = 1 / 8
#: Number of topics whose last change is remembered.
REMEMBERED_TOPICS: Final = 50_000


class Sized(Protocol):
    """A thing with a size."""

    @property
    def size(self) -> int:
        """The size in bytes."""


S = TypeVar("S", bound=Sized)


class PageStore:
    """The pages of one process; thread-safe."""

    def __init__(self, limit_bytes: int) -> None:
        self._lock = threading.Lock()
        self.limit = limit_bytes
        #: Number of pages dropped by invalidations.
        self.dropped = 0
        self._pages = LruCache[CachedPage](int(limit_bytes * (1 - MISSING_SHARE)))
        self._missing = LruCache[CachedPage](int(limit_bytes * MISSING_SHARE))
        self._by_topic: defaultdict[str, set[str]] = defaultdict(set)
        #: Number of changes that this process has applied. It is a logical clock: data read before a change may be
        #: stale after it.
        self.position = 0
        self._changed: dict[str, int] = {}
        #: Changes before this position are no longer remembered by topic.
        self._floor = 0

    def get(self, key: str) -> CachedPage | None:
        """Return the page of a key, expired or not."""
        return self._pages.get(key) or self._missing.get(key)

    def put(self, key: str, entry: CachedPage, *, since: int) -> bool:
        """Store a page made from the state at ``since``; False if one of its topics has changed."""
        cache = self._missing if entry.is_missing else self._pages
        with self._lock:
            if self.changed_since(entry.topics, since) or entry.size > cache.limit * LARGEST_SHARE:
                return False
            self._remove(key)
            cache.put(key, entry)
            for topic in entry.topics:
                self._by_topic[topic].add(key)
            while cache.size > cache.limit:
                self._remove(cache.oldest)
            return True

    def changed_since(self, topics: Iterable[str], position: int) -> bool:
        """Tell if one of the topics has changed, or may have, after a position."""
        return position < self._floor or any(self._changed.get(topic, 0) > position for topic in topics)

    def drop(self, topics: Iterable[str]) -> None:
        """Invalidate the topics: drop the pages that depend on them."""
        with self._lock:
            if EVERYTHING in topics:
                self._empty()
                return
            self.position += 1
            for topic in topics:
                self._changed[topic] = self.position
                for key in tuple(self._by_topic.get(topic, ())):
                    self._remove(key)
                    self.dropped += 1
            if len(self._changed) > REMEMBERED_TOPICS:
                self._changed.clear()
                self._floor = self.position

    def reset_after_fork(self) -> None:
        """Replace the lock in a forked child: another thread of the parent may have held it."""
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Drop everything, and refuse pages in the making."""
        with self._lock:
            self._empty()

    def _empty(self) -> None:
        self.dropped += len(self)
        self.position += 1
        self._floor = self.position
        self._changed.clear()
        self._pages.clear()
        self._missing.clear()
        self._by_topic.clear()

    def _remove(self, key: str) -> None:
        entry = self._pages.take(key) or self._missing.take(key)
        if entry is None:
            return
        for topic in entry.topics:
            keys = self._by_topic[topic]
            keys.discard(key)
            if not keys:
                del self._by_topic[topic]

    def __len__(self) -> int:
        return len(self._pages) + len(self._missing)

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self._pages.size + self._missing.size


class LruCache(Generic[S]):
    """An LRU list with a limit in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._things: OrderedDict[str, S] = OrderedDict()

    def get(self, key: str) -> S | None:
        """Return the entry and mark it as the most recently used."""
        thing = self._things.get(key)
        if thing is not None:
            try:
                self._things.move_to_end(key)
            except KeyError:
                # Another thread has dropped it since this one looked.
                return None
        return thing

    def put(self, key: str, thing: S) -> None:
        """Add a new entry."""
        self._things[key] = thing
        self.size += thing.size

    def take(self, key: str) -> S | None:
        """Remove an entry."""
        thing = self._things.pop(key, None)
        if thing is not None:
            self.size -= thing.size
        return thing

    @property
    def oldest(self) -> str:
        """The key of the least recently used entry."""
        return next(iter(self._things))

    def clear(self) -> None:
        """Remove all entries."""
        self._things.clear()
        self.size = 0

    def __len__(self) -> int:
        return len(self._things)
