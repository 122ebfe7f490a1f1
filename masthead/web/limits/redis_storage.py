"""A storage for `limits` that several machines share through Redis or Valkey, with a local fallback.

While the server is away, each machine counts in its own file: the limits apply for each machine, nobody waits, and no
limit is lifted.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from limits.storage import MovingWindowSupport, RedisStorage, Storage

from masthead.circuit_breaker import Circuit
from masthead.web.limits.lmdb_storage import LMDBStorage

if TYPE_CHECKING:
    from redis import Redis

SCHEME = "masthead-shared"
#: Seconds to wait for the server before the circuit opens.
TIMEOUT_SECONDS = 0.1
_SCHEMES = [SCHEME]
T = TypeVar("T")


class SharedStorage(Storage, MovingWindowSupport):
    """Moving windows in Redis, with a local file as the fallback. The URL names the file."""

    STORAGE_SCHEME: list[str] | None = _SCHEMES

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, *, redis_url: str = "", **options: Any
    ) -> None:
        # Imported here, because most sites have no Redis and need not load its client.
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
            # One attempt; a retry would double the wait.
            retry=Retry(NoBackoff(), 0),
        )
        self.shared = RedisStorage(redis_url, connection_pool=pool, key_prefix="masthead:limits")
        self.circuit = Circuit("redis", RedisError, OSError)

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """The errors that the file raises."""
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
        """Return the time of the oldest hit in the window, and the number of hits."""
        return self._through(
            lambda: self.shared.get_moving_window(key, limit, expiry),
            lambda: self.local.get_moving_window(key, limit, expiry),
        )

    def take_back(self, key: str) -> None:
        """Remove the latest hit."""
        client: Redis = self.shared.storage

        def undo() -> None:
            # The Lua script of `limits` keeps the timestamps in a list, the latest first.
            client.lpop(self.shared.prefixed_key(key))

        self._through(undo, lambda: self.local.take_back(key))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits of a fixed window."""
        return self._through(
            lambda: self.shared.incr(key, expiry, amount), lambda: self.local.incr(key, expiry, amount)
        )

    def get(self, key: str) -> int:
        """Return the number of hits of a fixed window."""
        return self._through(lambda: self.shared.get(key), lambda: self.local.get(key))

    def get_expiry(self, key: str) -> float:
        """Return the end of a fixed window."""
        return self._through(lambda: self.shared.get_expiry(key), lambda: self.local.get_expiry(key))

    def check(self) -> bool:
        """Tell if counting works; without the server it works in the file."""
        return self.local.check()

    def reset(self) -> int | None:
        """Delete all counters, in Redis and in the file."""
        self._through(self.shared.reset, lambda: None)
        return self.local.reset()

    def sweep(self) -> int:
        """Delete expired counters of the file; Redis expires its own."""
        return self.local.sweep()

    def clear(self, key: str) -> None:
        """Delete one counter."""
        self._through(lambda: self.shared.clear(key), lambda: self.local.clear(key))
