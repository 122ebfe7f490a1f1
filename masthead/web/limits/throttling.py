"""How often one may try: Flask-Limiter with moving windows, counted exactly over all processes, or over all machines.

The limits are settings (``RATELIMIT_…``). A feature names one and says whom it counts: `count("comment", visitor)`.
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
    """Somebody has to wait; ``retry_after`` is in seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"That was too often. Come back in {_in_words(seconds)}.", retry_after=seconds)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an application counts with."""

    strategy: MovingWindowRateLimiter
    is_enabled: bool

    @property
    def storage(self) -> LMDBStorage | SharedStorage | None:
        """What counts, if it is ours."""
        found = self.strategy.storage
        return found if isinstance(found, LMDBStorage | SharedStorage) else None


def init_app(app: Flask, config: Config) -> None:
    """Open the counters. Each application has its own Limiter, since that keeps its settings on itself."""
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
    # A Limiter that is switched off counts with nothing, and says so by an assertion.
    strategy = (
        limiter.limiter if config.RATELIMIT_ENABLED else MovingWindowRateLimiter(LMDBStorage(storage_uri))
    )
    if not isinstance(strategy, MovingWindowRateLimiter):
        raise TypeError("Flask-Limiter has not made the moving window that it was asked for.")
    app.extensions[EXTENSION] = Limits(strategy, config.RATELIMIT_ENABLED)


def caller() -> str:
    """Whom a limit per address counts: the address of the connection, or what trusted proxies say of it."""
    return customer(request.remote_addr)


def count(name: str, *keys: str) -> None:
    """Count one attempt; raises `LimitReached` if that is one too many. ``RATELIMIT_<NAME>`` is the limit."""
    limits = _limits()
    item = _item(name)
    if limits.is_enabled and not limits.strategy.hit(item, name, *keys):
        raise LimitReached(_seconds_until_free(limits, item, name, keys))


def check(name: str, *keys: str) -> None:
    """Raise `LimitReached` if another attempt would be one too many, and count nothing."""
    limits = _limits()
    item = _item(name)
    if limits.is_enabled and not limits.strategy.test(item, name, *keys):
        raise LimitReached(_seconds_until_free(limits, item, name, keys))


def is_free(name: str, *keys: str) -> bool:
    """Count one attempt and say whether it was still within the limit."""
    limits = _limits()
    return not limits.is_enabled or limits.strategy.hit(_item(name), name, *keys)


def take_back(name: str, *keys: str) -> None:
    """Uncount the attempt that was counted last; in a transaction that may write, when it has ended."""

    def undo() -> None:
        limits = _limits()
        if limits.is_enabled and limits.storage is not None:
            limits.storage.take_back(_item(name).key_for(name, *keys))

    after_transaction(undo)


@dataclass(frozen=True, slots=True)
class Stand:
    """How much of a limit is left."""

    amount: int
    remaining: int
    #: In seconds since 1970.
    reset_at: float


def stand(name: str, *keys: str) -> Stand:
    """How much of the limit ``RATELIMIT_<NAME>`` is left."""
    limits, item = _limits(), _item(name)
    if not limits.is_enabled:
        return Stand(item.amount, item.amount, clock.now().timestamp())
    window = limits.strategy.get_window_stats(item, name, *keys)
    return Stand(item.amount, max(0, window.remaining), window.reset_time)


def reset(app: Flask) -> None:
    """Forget every attempt."""
    limits: Limits = app.extensions[EXTENSION]
    limits.strategy.storage.reset()


@periodic("limits.forget_old", every=timedelta(hours=1), deletes=True)
def forget_old() -> None:
    """Make room in the file of counters."""
    storage = _limits().storage
    if storage is not None:
        storage.sweep()


def _limits() -> Limits:
    found: Limits = current_app.extensions[EXTENSION]
    # A file is no network; but tests, which count in one, shall find what would wait for Redis elsewhere.
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
