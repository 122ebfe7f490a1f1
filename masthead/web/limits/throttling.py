"""Throttling: Flask-Limiter with moving windows, counted exactly over all processes or all machines.

The limits are settings (``RATELIMIT_…``). A feature names one and a key: `count("comment", visitor)`.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from masthead import clock
from masthead.config import Config
from masthead.db import after_transaction, leave_transaction
from masthead.jobs import periodic
from masthead.text.addresses import customer
from masthead.web.limits import lmdb_storage, redis_storage
from masthead.web.limits.lmdb_storage import LMDBStorage
from masthead.web.limits.redis_storage import SharedStorage

EXTENSION = "masthead.limits"
FILE_NAME = "limits.lmdb"


class LimitReached(TooManyRequests):
    """A rate limit is exceeded; ``retry_after`` is in seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"That was too often. Come back in {_in_words(seconds)}.", retry_after=seconds)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limiter of an application, and its storage."""

    strategy: MovingWindowRateLimiter
    is_enabled: bool

    @property
    def storage(self) -> LMDBStorage | SharedStorage | None:
        """The storage, if it is one of ours."""
        found = self.strategy.storage
        return found if isinstance(found, LMDBStorage | SharedStorage) else None


def init_app(app: Flask, config: Config) -> None:
    """Open the storage. Each application has its own Limiter, because Limiter keeps its settings on itself."""
    path = quote(str(config.MASTHEAD_HOME / FILE_NAME))
    shared = {"redis_url": config.REDIS_URL} if config.REDIS_URL else {}
    storage_uri = f"{redis_storage.SCHEME if shared else lmdb_storage.SCHEME}://{path}"
    limiter = Limiter(
        caller,
        app=app,
        storage_uri=storage_uri,
        storage_options={**shared},
        strategy="moving-window",
        enabled=config.RATELIMIT_ENABLED,
        headers_enabled=False,
    )
    # A disabled Limiter has no storage, and fails by an assertion.
    strategy = (
        limiter.limiter if config.RATELIMIT_ENABLED else MovingWindowRateLimiter(LMDBStorage(storage_uri))
    )
    if not isinstance(strategy, MovingWindowRateLimiter):
        raise TypeError("Flask-Limiter has not made the moving window that it was asked for.")
    app.extensions[EXTENSION] = Limits(strategy, config.RATELIMIT_ENABLED)


def caller() -> str:
    """Return the client address for limits per address: the connection's, or the one that trusted proxies report."""
    return customer(request.remote_addr)


def count(name: str, *keys: str) -> None:
    """Count one attempt; raises `LimitReached` if it exceeds ``RATELIMIT_<NAME>``."""
    limits = _limits()
    item = _item(name)
    if limits.is_enabled and not limits.strategy.hit(item, name, *keys):
        raise LimitReached(_seconds_until_free(limits, item, name, keys))


def check(name: str, *keys: str) -> None:
    """Raise `LimitReached` if another attempt would exceed the limit; counts nothing."""
    limits = _limits()
    item = _item(name)
    if limits.is_enabled and not limits.strategy.test(item, name, *keys):
        raise LimitReached(_seconds_until_free(limits, item, name, keys))


def is_free(name: str, *keys: str) -> bool:
    """Count one attempt and tell if it was within the limit."""
    limits = _limits()
    return not limits.is_enabled or limits.strategy.hit(_item(name), name, *keys)


def take_back(name: str, *keys: str) -> None:
    """Take back the latest attempt; in a transaction that may write, after it has ended."""

    def undo() -> None:
        limits = _limits()
        if limits.is_enabled and limits.storage is not None:
            limits.storage.take_back(_item(name).key_for(name, *keys))

    after_transaction(undo)


@dataclass(frozen=True, slots=True)
class RemainingQuota:
    """The remaining quota of a limit."""

    amount: int
    remaining: int
    #: Unix time in seconds.
    reset_at: float


def remaining_quota(name: str, *keys: str) -> RemainingQuota:
    """Return the remaining quota of ``RATELIMIT_<NAME>``."""
    limits, item = _limits(), _item(name)
    if not limits.is_enabled:
        return RemainingQuota(item.amount, item.amount, clock.now().timestamp())
    window = limits.strategy.get_window_stats(item, name, *keys)
    return RemainingQuota(item.amount, max(0, window.remaining), window.reset_time)


def reset(app: Flask) -> None:
    """Delete all counters."""
    limits: Limits = app.extensions[EXTENSION]
    limits.strategy.storage.reset()


@periodic("limits.forget_old", every=timedelta(hours=1), deletes=True)
def forget_old() -> None:
    """Delete expired counters of the file."""
    storage = _limits().storage
    if storage is not None:
        storage.sweep()


def _limits() -> Limits:
    found: Limits = current_app.extensions[EXTENSION]
    # A file needs no network; tests count in one and treat it as Redis, so they find transactions that would wait for
    # it.
    if isinstance(found.storage, SharedStorage) or current_app.testing:
        leave_transaction("the counter of limits")
    return found


def _item(name: str) -> RateLimitItem:
    return parse(current_app.config[f"RATELIMIT_{name.upper()}"])


def _seconds_until_free(limits: Limits, item: RateLimitItem, name: str, keys: tuple[str, ...]) -> int:
    reset_at = limits.strategy.get_window_stats(item, name, *keys).reset_time
    return max(1, math.ceil(reset_at - clock.now().timestamp()))


def _in_words(seconds: int) -> str:
    for size, singular in ((3_600, "an hour"), (60, "a minute")):
        if seconds > size:
            return f"{math.ceil(seconds / size)} {singular.split()[1]}s"
        if seconds == size:
            return singular
    return f"{seconds} seconds" if seconds > 1 else "a second"
