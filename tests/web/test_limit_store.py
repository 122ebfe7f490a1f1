"""The counters: exact over processes, and gone when their time is over."""

from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from masthead import clock
from masthead.web import limit_store
from masthead.web.limit_store import LMDBStorage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "limits.lmdb"


@pytest.fixture
def storage(path: Path) -> LMDBStorage:
    return LMDBStorage(f"{limit_store.SCHEME}://{path}")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    def move(by: timedelta) -> None:
        moment = clock.now() + by
        monkeypatch.setattr(clock, "now", lambda: moment)

    return move


def test_moving_window_has_no_seam(storage: LMDBStorage, later: Callable[[timedelta], None]) -> None:
    limiter, item = MovingWindowRateLimiter(storage), parse("2 per minute")
    assert limiter.hit(item, "a")
    later(timedelta(seconds=40))
    assert limiter.hit(item, "a")
    later(timedelta(seconds=15))
    assert not limiter.hit(item, "a")
    later(timedelta(seconds=10))
    assert limiter.hit(item, "a"), "the first is a minute ago"
    assert not limiter.hit(item, "a"), "the second is not"


def test_keys_are_counted_apart(storage: LMDBStorage) -> None:
    limiter, item = MovingWindowRateLimiter(storage), parse("1 per minute")
    assert limiter.hit(item, "a")
    assert limiter.hit(item, "b")
    assert not limiter.hit(item, "a")


def test_hit_can_be_taken_back(storage: LMDBStorage) -> None:
    limiter, item = MovingWindowRateLimiter(storage), parse("1 per minute")
    limiter.hit(item, "a")
    storage.take_back(item.key_for("a"))
    assert limiter.hit(item, "a")
    storage.take_back(item.key_for("never"))


def test_window_tells_when_it_is_free(storage: LMDBStorage) -> None:
    limiter, item = MovingWindowRateLimiter(storage), parse("1 per minute")
    limiter.hit(item, "a")
    stats = limiter.get_window_stats(item, "a")
    assert stats.remaining == 0
    assert 59 <= stats.reset_time - clock.now().timestamp() <= 60


def test_fixed_window_counts_until_its_end(storage: LMDBStorage, later: Callable[[timedelta], None]) -> None:
    limiter, item = FixedWindowRateLimiter(storage), parse("2 per minute")
    assert [limiter.hit(item, "a") for _ in range(3)] == [True, True, False]
    later(timedelta(seconds=61))
    assert limiter.hit(item, "a")


def test_sweep_forgets_what_is_over(storage: LMDBStorage, later: Callable[[timedelta], None]) -> None:
    limiter = MovingWindowRateLimiter(storage)
    limiter.hit(parse("1 per minute"), "a")
    limiter.hit(parse("1 per hour"), "b")
    later(timedelta(minutes=2))
    assert storage.sweep() == 1
    assert not limiter.hit(parse("1 per hour"), "b")


def test_reset_forgets_everything(storage: LMDBStorage) -> None:
    limiter, item = MovingWindowRateLimiter(storage), parse("1 per minute")
    limiter.hit(item, "a")
    storage.reset()
    assert limiter.hit(item, "a")
    assert storage.check()


def _hit(path: str, passed: str) -> None:
    limiter = MovingWindowRateLimiter(LMDBStorage(f"{limit_store.SCHEME}://{path}"))
    count = sum(limiter.hit(parse("100 per hour"), "a") for _ in range(80))
    Path(passed).write_text(str(count), encoding="ascii")


def test_processes_together_pass_exactly_the_limit(path: Path, tmp_path: Path) -> None:
    results = [tmp_path / str(number) for number in range(4)]
    context = get_context("fork")
    processes = [context.Process(target=_hit, args=(str(path), str(result))) for result in results]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert sum(int(result.read_text(encoding="ascii")) for result in results) == 100
