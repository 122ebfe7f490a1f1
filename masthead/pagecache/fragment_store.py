"""Where fragments are: a backend of Flask-Caching with a limit in bytes, of which the least recently read goes first.

The library's own counts things, whatever their size, and a part of a page may be a word or a book.
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

from masthead.pagecache.store import LARGEST_SHARE, Shelf


@dataclass(frozen=True, slots=True)
class Pickled:
    """Something as bytes, so that nobody who gets it can change what is kept. They never leave the process."""

    data: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)


class FragmentStore(BaseCache):
    """What one process keeps; safe with any number of threads."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(default_timeout=0)
        self._lock = threading.Lock()
        self._shelf = Shelf[Pickled](limit_bytes)
        _stores.add(self)

    @classmethod
    def factory(
        cls,
        app: Flask,
        config: dict[str, Any],
        args: list[Any],
        kwargs: dict[str, Any],
    ) -> "FragmentStore":
        """As Flask-Caching makes one, of its CACHE_OPTIONS."""
        return cls(kwargs["limit_bytes"])

    def get(self, key: str) -> Any:
        """What is kept under a name, or None."""
        found = self._shelf.get(key)
        return None if found is None else pickle.loads(found.data)  # noqa: S301 (made by `set`, in this process)

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        """Keep something; False if it is too large."""
        pickled = Pickled(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
        with self._lock:
            self._shelf.take(key)
            if pickled.size > self._shelf.limit * LARGEST_SHARE:
                return False
            self._shelf.put(key, pickled)
            while self._shelf.size > self._shelf.limit:
                self._shelf.take(self._shelf.oldest)
            return True

    def clear(self) -> bool:
        """Forget everything."""
        with self._lock:
            self._shelf.clear()
        return True

    def begin_anew(self) -> None:
        """In a forked child: a lock that another thread of the parent held is held by nobody now."""
        self._lock = threading.Lock()


_stores: "weakref.WeakSet[FragmentStore]" = weakref.WeakSet()


def _begin_anew_in_child() -> None:
    for store in _stores:
        store.begin_anew()


os.register_at_fork(after_in_child=_begin_anew_in_child)
