"""Counters for `limits` that all processes of one machine share exactly, without a server: LMDB (http://www.lmdb.tech/doc/).

Each hit is one write transaction, and LMDB has one writer at a time among all processes, so that of any number of
parallel attempts exactly as many pass as the limit says. A counter is the sorted list of its hits' moments.
"""

import os
import struct
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lmdb
from limits.storage import MovingWindowSupport, Storage

from masthead import clock

SCHEME = "masthead-lmdb"
#: Room for about a million counters; the file grows only as far as it is used.
MAP_BYTES = 256 * 1024 * 1024
#: LMDB's keys have at most 511 bytes.
KEY_BYTES = 500
_SCHEMES = [SCHEME]
#: By process and path: LMDB forbids a process to open a file twice, and several applications may share one.
_opened: dict[tuple[int, str], lmdb.Environment] = {}
_opening = threading.Lock()
_EXPIRY = struct.Struct("<d")


class LMDBStorage(Storage, MovingWindowSupport):
    """Moving windows in one memory-mapped file."""

    STORAGE_SCHEME: list[str] | None = _SCHEMES

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = Path(unquote((uri or "").partition("://")[2]))

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What can go wrong in LMDB."""
        error: type[Exception] = lmdb.Error
        return error

    def _environment(self) -> lmdb.Environment:
        """The file, opened by this very process: an environment must not be carried over a fork."""
        place = (os.getpid(), str(self._path))
        if place not in _opened:
            with _opening:
                if place not in _opened:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    # A counter may be lost at a power cut; waiting for the disk at each hit would cost more.
                    _opened[place] = lmdb.open(
                        place[1], subdir=False, map_size=MAP_BYTES, sync=False, max_readers=1024, mode=0o600
                    )
        return _opened[place]

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits if the window has room for all of them."""
        if amount > limit:
            return False
        now = clock.now().timestamp()
        try:
            return self._acquire(_encoded(key), limit, expiry, amount, now)
        except lmdb.MapFullError:
            self.sweep()
            return self._acquire(_encoded(key), limit, expiry, amount, now)

    def _acquire(self, key: bytes, limit: int, expiry: int, amount: int, now: float) -> bool:
        with self._environment().begin(write=True) as transaction:
            hits = _hits_since(transaction.get(key), now - expiry)
            if len(hits) + amount > limit:
                return False
            transaction.put(key, _packed([*hits, *[now] * amount], now + expiry))
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The moment of the oldest hit that still counts, and how many count."""
        now = clock.now().timestamp()
        with self._environment().begin() as transaction:
            hits = _hits_since(transaction.get(_encoded(key)), now - expiry)
        return (hits[0], len(hits)) if hits else (now, 0)

    def take_back(self, key: str) -> None:
        """Undo the latest hit: what was counted beforehand turned out to be no failure."""
        encoded = _encoded(key)
        with self._environment().begin(write=True) as transaction:
            stored = transaction.get(encoded)
            if stored is not None and len(stored) > 2 * _EXPIRY.size:
                transaction.put(encoded, stored[: -_EXPIRY.size])
            else:
                transaction.delete(encoded)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits of a fixed window, which begins with the first of them."""
        now = clock.now().timestamp()
        with self._environment().begin(write=True) as transaction:
            stored = transaction.get(_encoded(key))
            ends = _expiry_of(stored)
            hits = _hits_since(stored, 0.0) if ends > now else []
            hits += [now] * amount
            transaction.put(_encoded(key), _packed(hits, ends if ends > now else now + expiry))
        return len(hits)

    def get(self, key: str) -> int:
        """How many hits of a fixed window there are."""
        with self._environment().begin() as transaction:
            stored = transaction.get(_encoded(key))
        return len(_hits_since(stored, 0.0)) if _expiry_of(stored) > clock.now().timestamp() else 0

    def get_expiry(self, key: str) -> float:
        """When a fixed window ends."""
        with self._environment().begin() as transaction:
            stored = transaction.get(_encoded(key))
        return _expiry_of(stored) or clock.now().timestamp()

    def check(self) -> bool:
        """Whether the file can be used."""
        try:
            self._environment().stat()
        except lmdb.Error:
            return False
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        return self._delete(lambda _expiry: True)

    def sweep(self) -> int:
        """Forget counters that no longer count; everything, if that makes no room."""
        now = clock.now().timestamp()
        removed = self._delete(lambda expiry: expiry <= now)
        return removed or self._delete(lambda _expiry: True)

    def _delete(self, is_unwanted: Any) -> int:
        with self._environment().begin(write=True) as transaction:
            keys = [bytes(key) for key, stored in transaction.cursor() if is_unwanted(_expiry_of(stored))]
            for key in keys:
                transaction.delete(key)
        return len(keys)

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._environment().begin(write=True) as transaction:
            transaction.delete(_encoded(key))


def _encoded(key: str) -> bytes:
    return key.encode("utf-8", "replace")[:KEY_BYTES]


def _packed(hits: list[float], expiry: float) -> bytes:
    return struct.pack(f"<{len(hits) + 1}d", expiry, *hits)


def _expiry_of(stored: bytes | None) -> float:
    return float(_EXPIRY.unpack_from(stored)[0]) if stored else 0.0


def _hits_since(stored: bytes | None, moment: float) -> list[float]:
    """The moments after ``moment``, the oldest first."""
    if not stored:
        return []
    count = len(stored) // _EXPIRY.size - 1
    return [hit for hit in struct.unpack_from(f"<{count}d", stored, _EXPIRY.size) if hit > moment]
