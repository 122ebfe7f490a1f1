"""The pages in memory: by address and by topic, the least recently read going first when room is needed."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from typing import Final, Generic, Protocol, TypeVar

from masthead.pagecache.cached_page import CachedPage
from masthead.pagecache.topics import EVERYTHING

#: The part of the room that pages which do not exist may take: their number is up to whoever asks for them.
MISSING_SHARE: Final = 1 / 16
#: No page may take more than this part.
LARGEST_SHARE: Final = 1 / 8
#: Topics whose last change is remembered.
REMEMBERED_TOPICS: Final = 50_000


class Sized(Protocol):
    """What takes room."""

    @property
    def size(self) -> int:
        """In bytes."""


S = TypeVar("S", bound=Sized)


class PageStore:
    """What one process keeps; safe with any number of threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._lock = threading.Lock()
        self.limit = limit_bytes
        #: Pages that were dropped because of a change.
        self.dropped = 0
        self._pages = Shelf[CachedPage](int(limit_bytes * (1 - MISSING_SHARE)))
        self._missing = Shelf[CachedPage](int(limit_bytes * MISSING_SHARE))
        self._by_topic: defaultdict[str, set[str]] = defaultdict(set)
        #: How many changes this process has learned of. It is a clock: what was read before one may be stale after it.
        self.position = 0
        self._changed: dict[str, int] = {}
        #: Of changes before this position, topics are not remembered any more.
        self._floor = 0

    def get(self, key: str) -> CachedPage | None:
        """The page at an address, whether or not its time is over."""
        return self._pages.get(key) or self._missing.get(key)

    def put(self, key: str, entry: CachedPage, *, since: int) -> bool:
        """Keep a page that was made from what stood at ``since``; False if something that it read has changed."""
        shelf = self._missing if entry.is_missing else self._pages
        with self._lock:
            if self.changed_since(entry.topics, since) or entry.size > shelf.limit * LARGEST_SHARE:
                return False
            self._remove(key)
            shelf.put(key, entry)
            for topic in entry.topics:
                self._by_topic[topic].add(key)
            while shelf.size > shelf.limit:
                self._remove(shelf.oldest)
            return True

    def changed_since(self, topics: Iterable[str], position: int) -> bool:
        """Whether one of the topics has changed after a position, or may have."""
        return position < self._floor or any(self._changed.get(topic, 0) > position for topic in topics)

    def drop(self, topics: Iterable[str]) -> None:
        """Forget the pages that read these topics."""
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

    def begin_anew(self) -> None:
        """In a forked child: a lock that another thread of the parent held is held by nobody now."""
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget everything, and refuse what is being made at this moment."""
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
        """In bytes."""
        return self._pages.size + self._missing.size


class Shelf(Generic[S]):
    """Things such as pages, up to a number of bytes, in the order in which they were last read."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._things: OrderedDict[str, S] = OrderedDict()

    def get(self, key: str) -> S | None:
        """The thing, which thereby goes to the end of the queue."""
        thing = self._things.get(key)
        if thing is not None:
            try:
                self._things.move_to_end(key)
            except KeyError:
                # Another thread has just dropped it; this reader asked before.
                return None
        return thing

    def put(self, key: str, thing: S) -> None:
        """Add something that is not there."""
        self._things[key] = thing
        self.size += thing.size

    def take(self, key: str) -> S | None:
        """Remove something."""
        thing = self._things.pop(key, None)
        if thing is not None:
            self.size -= thing.size
        return thing

    @property
    def oldest(self) -> str:
        """What was read the longest time ago."""
        return next(iter(self._things))

    def clear(self) -> None:
        """Remove all."""
        self._things.clear()
        self.size = 0

    def __len__(self) -> int:
        return len(self._things)
