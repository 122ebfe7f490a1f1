"""Preparing files in several processes at once, in order, with few of them under way at any moment."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Final

from masthead.importing.errors import WorkerLost
from masthead.importing.items import ItemFailure
from masthead.importing.preparation.preparer import PreparationTask, PreparedItem, Preparer

#: Starting processes takes a second; fewer files are done sooner without.
SMALLEST_POOL: Final = 60
#: Files under way for each process: enough that none waits, few enough that memory does not grow.
IN_FLIGHT: Final = 8

_preparer: Preparer | None = None


def warm_up() -> None:
    """Begin to load in the background what the processes need; without this, they wait for it later.

    They are not forked from ours, which has a connection to the database and locks, but from a fresh process.
    """
    multiprocessing.set_forkserver_preload([__name__, "masthead.cli"])
    forkserver.ensure_running()


def prepare_all(
    tasks: Iterable[PreparationTask], preparer: Preparer, *, processes: int, count: int
) -> Iterator[PreparedItem | ItemFailure]:
    """Prepare the tasks, of which there are ``count``, and yield the results in their order."""
    if processes < 2 or count < SMALLEST_POOL:
        yield from map(preparer.prepare, tasks)
        return
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(processes, context, _open, (preparer,)) as pool:
        try:
            yield from _in_order(pool, iter(tasks), window=processes * IN_FLIGHT)
        except BrokenProcessPool:
            raise WorkerLost from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, tasks: Iterator[PreparationTask], *, window: int
) -> Iterator[PreparedItem | ItemFailure]:
    waiting: deque[Future[PreparedItem | ItemFailure]] = deque()
    for task in tasks:
        waiting.append(pool.submit(_prepare, task))
        if len(waiting) >= window:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _open(preparer: Preparer) -> None:
    """Keep what every task needs, once in each process."""
    global _preparer  # noqa: PLW0603 (a process of the pool has no other place for it)
    _preparer = preparer
    threading.Thread(target=_end_with_the_import, daemon=True).start()


def _end_with_the_import() -> None:
    """End when the import is gone, even if it was killed and could tell nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare(task: PreparationTask) -> PreparedItem | ItemFailure:
    assert _preparer is not None  # noqa: S101 (the pool calls `_open` first)
    return _preparer.prepare(task)
