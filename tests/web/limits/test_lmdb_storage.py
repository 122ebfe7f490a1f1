"""The counters: exact over processes, and gone when their time is over (security.md rows 39 and 70)."""

from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import lmdb
import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from masthead import clock
from masthead.web.limits import lmdb_storage
from masthead.web.limits.lmdb_storage import LMDBStorage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "limits.lmdb"


@pytest.fixture
def storage(path: Path) -> LMDBStorage:
    return LMDBStorage(f"{lmdb_storage.SCHEME}://{path}")


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
    limiter = MovingWindowRateLimiter(LMDBStorage(f"{lmdb_storage.SCHEME}://{path}"))
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


@pytest.fixture
def full_file(monkeypatch: pytest.MonkeyPatch, storage: LMDBStorage) -> LMDBStorage:
    """A file of counters that has no room left, all of them alive."""
    monkeypatch.setattr(lmdb_storage, "MAP_BYTES", 128 * 1024)
    limiter, item = MovingWindowRateLimiter(storage), parse("5 per hour")
    for number in range(3_000):
        assert limiter.hit(item, f"{number}-{'x' * 200}")
    return storage


def test_a_full_file_goes_on_counting_in_memory(full_file: LMDBStorage) -> None:
    limiter, item = MovingWindowRateLimiter(full_file), parse("2 per minute")
    assert [limiter.hit(item, "new") for _ in range(4)] == [True, True, False, False]
    assert limiter.get_window_stats(item, "new").remaining == 0
    full_file.take_back(item.key_for("new"))
    assert limiter.hit(item, "new")
    full_file.clear(item.key_for("new"))
    assert limiter.hit(item, "new")


def test_a_full_file_lifts_no_limit_that_it_holds(full_file: LMDBStorage) -> None:
    limiter, item = MovingWindowRateLimiter(full_file), parse("5 per hour")
    assert limiter.get_window_stats(item, f"0-{'x' * 200}").remaining == 4


def test_a_full_file_has_room_again_when_its_counters_are_over(
    full_file: LMDBStorage, later: Callable[[timedelta], None]
) -> None:
    later(timedelta(hours=2))
    assert full_file.sweep() > 100
    limiter, item = MovingWindowRateLimiter(full_file), parse("1 per minute")
    assert limiter.hit(item, "new")
    other = LMDBStorage(f"{lmdb_storage.SCHEME}://{full_file._path}")
    assert not MovingWindowRateLimiter(other).hit(item, "new"), "it is in the file, which all processes share"


def test_memory_keeps_as_many_counters_as_it_may(
    monkeypatch: pytest.MonkeyPatch, full_file: LMDBStorage
) -> None:
    monkeypatch.setattr(lmdb_storage, "MEMORY_COUNTERS", 10)
    limiter, item = MovingWindowRateLimiter(full_file), parse("1 per minute")
    for number in range(50):
        assert limiter.hit(item, f"many-{number}-{'y' * 300}")
    assert len(full_file._memory._counters) <= 10


def test_a_file_that_cannot_be_opened_is_no_reason_to_refuse(
    monkeypatch: pytest.MonkeyPatch, storage: LMDBStorage
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise lmdb.DiskError("There is no room.")

    monkeypatch.setattr(lmdb, "open", fail)
    limiter, item = MovingWindowRateLimiter(storage), parse("1 per minute")
    assert [limiter.hit(item, "a") for _ in range(2)] == [True, False]
    assert storage.sweep() == 0
    assert not storage.check()
