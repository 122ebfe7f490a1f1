"""Counters for `limits` that several machines share through Redis or Valkey, and go on without it.

While the server is away, each machine counts in its own file: somebody may then try as often on each of them, but
nobody waits, and no limit is lifted.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from limits.storage import MovingWindowSupport, RedisStorage, Storage

from masthead.circuit_breaker import Circuit
from masthead.web.limits.lmdb_storage import LMDBStorage

if TYPE_CHECKING:
    from redis import Redis

SCHEME = "masthead-shared"
#: A server that has not answered by then is left alone for a while.
TIMEOUT_SECONDS = 0.1
_SCHEMES = [SCHEME]
T = TypeVar("T")


class SharedStorage(Storage, MovingWindowSupport):
    """Moving windows in Redis, with a file of this machine behind it. The address is the one of the file."""

    STORAGE_SCHEME: list[str] | None = _SCHEMES

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, *, redis_url: str = "", **options: Any
    ) -> None:
        # Most sites have no such server, and need not wait for its client to be imported.
        from redis import ConnectionPool
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError
        from redis.retry import Retry

        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.local = LMDBStorage(uri)
        pool = ConnectionPool.from_url(
            redis_url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            # One try; a second one would wait a second time.
            retry=Retry(NoBackoff(), 0),
        )
        self.shared = RedisStorage(redis_url, connection_pool=pool, key_prefix="masthead:limits")
        self.circuit = Circuit("redis", RedisError, OSError)

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What can go wrong in the file."""
        return self.local.base_exceptions

    def _through(self, shared: Callable[[], T], local: Callable[[], T]) -> T:
        return self.circuit.call(shared, local)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count hits if the window has room for all of them."""
        return self._through(
            lambda: self.shared.acquire_entry(key, limit, expiry, amount),
            lambda: self.local.acquire_entry(key, limit, expiry, amount),
        )

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The moment of the oldest hit that still counts, and how many count."""
        return self._through(
            lambda: self.shared.get_moving_window(key, limit, expiry),
            lambda: self.local.get_moving_window(key, limit, expiry),
        )

    def take_back(self, key: str) -> None:
        """Undo the latest hit."""
        client: Redis = self.shared.storage

        def undo() -> None:
            # The script of `limits` keeps the moments in a list, the latest first.
            client.lpop(self.shared.prefixed_key(key))

        self._through(undo, lambda: self.local.take_back(key))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits of a fixed window."""
        return self._through(
            lambda: self.shared.incr(key, expiry, amount), lambda: self.local.incr(key, expiry, amount)
        )

    def get(self, key: str) -> int:
        """How many hits of a fixed window there are."""
        return self._through(lambda: self.shared.get(key), lambda: self.local.get(key))

    def get_expiry(self, key: str) -> float:
        """When a fixed window ends."""
        return self._through(lambda: self.shared.get_expiry(key), lambda: self.local.get_expiry(key))

    def check(self) -> bool:
        """Whether counting works at all: without the server it does, in the file."""
        return self.local.check()

    def reset(self) -> int | None:
        """Forget everything, here and there."""
        self._through(self.shared.reset, lambda: None)
        return self.local.reset()

    def sweep(self) -> int:
        """Make room in the file; what is in Redis goes by itself."""
        return self.local.sweep()

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._through(lambda: self.shared.clear(key), lambda: self.local.clear(key))
