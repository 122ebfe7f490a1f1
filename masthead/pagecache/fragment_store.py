"""The fragment store: an LRU backend of Flask-Caching with a limit in bytes.

The library's own backend limits the number of entries, and a fragment may be a word or a book.
"""

import os
import pickle
import threading
import weakref
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_caching.backends.base import BaseCache

from masthead.pagecache.store import LARGEST_SHARE, LruCache


@dataclass(frozen=True, slots=True)
class Pickled:
    """A pickled value, so that callers cannot mutate the cached one. It never leaves the process."""

    data: bytes

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self.data)


class FragmentStore(BaseCache):
    """The fragments of one process; thread-safe."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(default_timeout=0)
        self._lock = threading.Lock()
        self._cache = LruCache[Pickled](limit_bytes)
        _stores.add(self)

    @classmethod
    def factory(
        cls,
        app: Flask,
        config: dict[str, Any],
        args: list[Any],
        kwargs: dict[str, Any],
    ) -> "FragmentStore":
        """Build the store from Flask-Caching's CACHE_OPTIONS."""
        return cls(kwargs["limit_bytes"])

    def get(self, key: str) -> Any:
        """Return the value of a key, or None."""
        found = self._cache.get(key)
        return None if found is None else pickle.loads(found.data)  # noqa: S301 (made by `set`, in this process)

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        """Store a value; False if it is too large."""
        pickled = Pickled(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
        with self._lock:
            self._cache.take(key)
            if pickled.size > self._cache.limit * LARGEST_SHARE:
                return False
            self._cache.put(key, pickled)
            while self._cache.size > self._cache.limit:
                self._cache.take(self._cache.oldest)
            return True

    def clear(self) -> bool:
        """Delete everything."""
        with self._lock:
            self._cache.clear()
        return True

    def reset_after_fork(self) -> None:
        """Replace the lock in a forked child: another thread of the parent may have held it."""
        self._lock = threading.Lock()


_stores: "weakref.WeakSet[FragmentStore]" = weakref.WeakSet()


def _reset_in_child() -> None:
    for store in _stores:
        store.reset_after_fork()


os.register_at_fork(after_in_child=_reset_in_child)
