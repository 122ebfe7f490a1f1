"""A storage for `limits` that all processes of one machine share exactly, without a server: LMDB.

Each hit is one write transaction, and LMDB (http://www.lmdb.tech/doc/) has one writer at a time among all processes,
so concurrent attempts never exceed the limit. A counter is the sorted list of its hits' timestamps. A file that cannot
be used, because it or the disk is full, refuses nobody: new counters are kept in memory then.
"""

import os
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

import lmdb
import structlog
from limits.storage import MovingWindowSupport, Storage

from masthead import clock

log = structlog.get_logger(__name__)
T = TypeVar("T")

SCHEME = "masthead-lmdb"
#: Room for about a million counters; the file is sparse and grows with use.
MAP_BYTES = 256 * 1024 * 1024
#: LMDB limits keys to 511 bytes.
KEY_BYTES = 500
#: Maximum number of counters in memory while the file is full, and seconds between its log lines.
MEMORY_COUNTERS = 20_000
NOTE_SECONDS = 10.0
DELETED_AT_ONCE = 10
#: Reserve, as a fraction of MAP_BYTES, that no new counter may take: LMDB copies a page before it deletes from it.
RESERVE = 1 / 4
_SCHEMES = [SCHEME]
#: Open environments by process and path: LMDB forbids a process to open a file twice, and applications may share one.
_opened: dict[tuple[int, str], lmdb.Environment] = {}
_opening = threading.Lock()
_EXPIRY = struct.Struct("<d")


class LMDBCounters(Protocol):
    """The interface of a counter store: an LMDB transaction, or memory."""

    def get(self, key: bytes, /) -> bytes | None:
        """Return the value of a key."""

    def put(self, key: bytes, stored: bytes, /) -> bool:
        """Store the value of a key."""

    def delete(self, key: bytes, /) -> bool:
        """Delete a key."""


class LMDBStorage(Storage, MovingWindowSupport):
    """Moving windows in one memory-mapped file."""

    STORAGE_SCHEME: list[str] | None = _SCHEMES

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = Path(unquote((uri or "").partition("://")[2]))
        self._memory = Memory()
        self._noted_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """The errors that LMDB raises."""
        error: type[Exception] = lmdb.Error
        return error

    def _environment(self) -> lmdb.Environment:
        """Return the environment of this process: one must not be carried over a fork."""
        place = (os.getpid(), str(self._path))
        if place not in _opened:
            with _opening:
                if place not in _opened:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    # Counters may be lost at a power cut; a sync for each hit would cost more.
                    _opened[place] = lmdb.open(
                        place[1],
                        subdir=False,
                        map_size=int(MAP_BYTES * (1 + RESERVE)),
                        sync=False,
                        max_readers=1024,
                        mode=0o600,
                    )
        return _opened[place]

    def _work(self, key: str, work: Callable[[LMDBCounters, bytes], T], *, writes: bool) -> T:
        """Run ``work`` on the counter of a key: in the file, or in memory if the file has no room for it."""
        encoded = _encoded(key)
        if encoded not in self._memory:
            try:
                with self._environment().begin(write=writes) as transaction:
                    if writes and _is_full(transaction) and transaction.get(encoded) is None:
                        raise lmdb.MapFullError("The counters have taken their room.")
                    return work(transaction, encoded)
            except lmdb.Error as error:
                self._note(error)
        with self._memory.lock:
            return work(self._memory, encoded)

    def _note(self, error: lmdb.Error) -> None:
        """Log, throttled, that the file cannot be used, and sweep it if it is full."""
        now = time.monotonic()
        if now < self._noted_until:
            return
        self._noted_until = now + NOTE_SECONDS
        removed = self.sweep() if isinstance(error, lmdb.MapFullError) else 0
        log.warning("limits are counted in memory for now", error=str(error), removed=removed)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits if the window has room for all of them."""
        if amount > limit:
            return False
        now = clock.now().timestamp()

        def acquire(counters: LMDBCounters, encoded: bytes) -> bool:
            hits = _hits_since(counters.get(encoded), now - expiry)
            if len(hits) + amount > limit:
                return False
            counters.put(encoded, _packed([*hits, *[now] * amount], now + expiry))
            return True

        return self._work(key, acquire, writes=True)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return the time of the oldest hit in the window, and the number of hits."""
        now = clock.now().timestamp()
        hits = _hits_since(self._stored(key), now - expiry)
        return (hits[0], len(hits)) if hits else (now, 0)

    def _stored(self, key: str) -> bytes | None:
        return self._work(key, lambda counters, encoded: counters.get(encoded), writes=False)

    def take_back(self, key: str) -> None:
        """Remove the latest hit: the attempt was counted in advance and turned out to be no failure."""

        def undo(counters: LMDBCounters, encoded: bytes) -> None:
            stored = counters.get(encoded)
            if stored is not None and len(stored) > 2 * _EXPIRY.size:
                counters.put(encoded, stored[: -_EXPIRY.size])
            else:
                counters.delete(encoded)

        self._work(key, undo, writes=True)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits of a fixed window, which begins with the first of them."""
        now = clock.now().timestamp()

        def add(counters: LMDBCounters, encoded: bytes) -> int:
            stored = counters.get(encoded)
            ends = _expiry_of(stored)
            hits = _hits_since(stored, 0.0) if ends > now else []
            hits += [now] * amount
            counters.put(encoded, _packed(hits, ends if ends > now else now + expiry))
            return len(hits)

        return self._work(key, add, writes=True)

    def get(self, key: str) -> int:
        """Return the number of hits of a fixed window."""
        stored = self._stored(key)
        return len(_hits_since(stored, 0.0)) if _expiry_of(stored) > clock.now().timestamp() else 0

    def get_expiry(self, key: str) -> float:
        """Return the end of a fixed window."""
        return _expiry_of(self._stored(key)) or clock.now().timestamp()

    def check(self) -> bool:
        """Tell if the file can be used."""
        try:
            self._environment().stat()
        except lmdb.Error:
            return False
        return True

    def reset(self) -> int | None:
        """Delete all counters."""
        return self._delete(lambda _expiry: True)

    def sweep(self) -> int:
        """Delete expired counters."""
        now = clock.now().timestamp()
        return self._delete(lambda expiry: expiry <= now)

    def _delete(self, is_unwanted: Callable[[float], bool]) -> int:
        """Delete matching counters in small batches: deletion needs free pages, and a full file has few."""
        removed = self._memory.delete_where(is_unwanted)
        try:
            with self._environment().begin() as transaction:
                keys = [bytes(key) for key, stored in transaction.cursor() if is_unwanted(_expiry_of(stored))]
            for start in range(0, len(keys), DELETED_AT_ONCE):
                with self._environment().begin(write=True) as transaction:
                    for key in keys[start : start + DELETED_AT_ONCE]:
                        removed += transaction.delete(key)
        except lmdb.Error as error:
            log.warning("counters of limits cannot be deleted", error=str(error))
        return removed

    def clear(self, key: str) -> None:
        """Delete one counter."""

        def forget(counters: LMDBCounters, encoded: bytes) -> None:
            counters.delete(encoded)

        self._work(key, forget, writes=True)


class Memory:
    """Counters in the memory of this process, used while the file is full: exact, but not shared."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._counters: OrderedDict[bytes, bytes] = OrderedDict()

    def __contains__(self, key: bytes) -> bool:
        stored = self._counters.get(key)
        return stored is not None and _expiry_of(stored) > clock.now().timestamp()

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key."""
        return self._counters.get(key)

    def put(self, key: bytes, stored: bytes) -> bool:
        """Store the value of a key; beyond the maximum, evict the least recently counted one."""
        self._counters[key] = stored
        self._counters.move_to_end(key)
        while len(self._counters) > MEMORY_COUNTERS:
            self._counters.popitem(last=False)
        return True

    def delete(self, key: bytes) -> bool:
        """Delete a key."""
        return self._counters.pop(key, None) is not None

    def delete_where(self, is_unwanted: Callable[[float], bool]) -> int:
        """Delete the counters whose expiry matches."""
        with self.lock:
            keys = [key for key, stored in self._counters.items() if is_unwanted(_expiry_of(stored))]
            return sum(self.delete(key) for key in keys)


def _encoded(key: str) -> bytes:
    return key.encode("utf-8", "replace")[:KEY_BYTES]


def _packed(hits: list[float], expiry: float) -> bytes:
    return struct.pack(f"<{len(hits) + 1}d", expiry, *hits)


def _expiry_of(stored: bytes | None) -> float:
    return float(_EXPIRY.unpack_from(stored)[0]) if stored else 0.0


def _hits_since(stored: bytes | None, moment: float) -> list[float]:
    """Return the timestamps after ``moment``, the oldest first."""
    if not stored:
        return []
    count = len(stored) // _EXPIRY.size - 1
    return [hit for hit in struct.unpack_from(f"<{count}d", stored, _EXPIRY.size) if hit > moment]


def _is_full(transaction: lmdb.Transaction) -> bool:
    """Tell if the pages in use exceed the room for counters; free pages do not count."""
    stat = transaction.stat(None)
    pages: int = stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]
    return pages * int(stat["psize"]) >= MAP_BYTES
