"""The pages in memory: by address and by topic, the least recently read going first when room is needed."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from typing import Final

from masthead.pagecache.entry import Entry
from masthead.pagecache.topics import EVERYTHING

#: The part of the room that pages which do not exist may take: their number is up to whoever asks for them.
MISSING_SHARE: Final = 1 / 16
#: No page may take more than this part.
LARGEST_SHARE: Final = 1 / 8
#: Topics whose last change is remembered.
REMEMBERED_TOPICS: Final = 50_000


class Store:
    """What one process keeps; safe with any number of threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._lock = threading.Lock()
        self.limit = limit_bytes
        #: Pages that were dropped because of a change.
        self.dropped = 0
        self._pages = Shelf(int(limit_bytes * (1 - MISSING_SHARE)))
        self._missing = Shelf(int(limit_bytes * MISSING_SHARE))
        self._by_topic: defaultdict[str, set[str]] = defaultdict(set)
        #: How many changes this process has learned of. It is a clock: what was read before one may be stale after it.
        self.position = 0
        self._changed: dict[str, int] = {}
        #: Of changes before this position, topics are not remembered any more.
        self._floor = 0

    def get(self, key: str) -> Entry | None:
        """The page at an address, whether or not its time is over."""
        return self._pages.get(key) or self._missing.get(key)

    def put(self, key: str, entry: Entry, *, since: int) -> bool:
        """Keep a page that was made from what stood at ``since``; False if something that it read has changed."""
        shelf = self._missing if entry.is_missing else self._pages
        with self._lock:
            if self._is_changed(entry.topics, since) or entry.size > shelf.limit * LARGEST_SHARE:
                return False
            self._remove(key)
            shelf.put(key, entry)
            for topic in entry.topics:
                self._by_topic[topic].add(key)
            while shelf.size > shelf.limit:
                self._remove(shelf.oldest)
            return True

    def changed_since(self, topic: str, position: int) -> bool:
        """Whether a topic has changed after a position, or may have."""
        return self._is_changed((topic,), position)

    def last_change(self, topic: str) -> int:
        """The position of the last change of a topic, as far as that is remembered."""
        return max(self._changed.get(topic, 0), self._floor)

    def _is_changed(self, topics: Iterable[str], since: int) -> bool:
        return since < self._floor or any(self._changed.get(topic, 0) > since for topic in topics)

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


class Shelf:
    """Pages up to a number of bytes, in the order in which they were last read."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()

    def get(self, key: str) -> Entry | None:
        """The page, which thereby goes to the end of the queue."""
        entry = self._entries.get(key)
        if entry is not None:
            try:
                self._entries.move_to_end(key)
            except KeyError:
                # Another thread has just dropped it; this reader asked before.
                return None
        return entry

    def put(self, key: str, entry: Entry) -> None:
        """Add a page that is not there."""
        self._entries[key] = entry
        self.size += entry.size

    def take(self, key: str) -> Entry | None:
        """Remove a page."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size
        return entry

    @property
    def oldest(self) -> str:
        """The page that was read the longest time ago."""
        return next(iter(self._entries))

    def clear(self) -> None:
        """Remove all."""
        self._entries.clear()
        self.size = 0

    def __len__(self) -> int:
        return len(self._entries)
