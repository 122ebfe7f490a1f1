"""Prepares items in several processes, in order and with a limited number in flight."""

import gc
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

#: Starting processes takes a second; fewer items are faster in this process.
SMALLEST_POOL: Final = 60
#: Items in flight for each process: enough to keep it busy, few enough to limit memory.
IN_FLIGHT: Final = 8

_preparer: Preparer | None = None


def warm_up(*modules: str) -> None:
    """Start to load modules for the workers in the background, so that they need not wait for this later.

    Workers are forked from a fresh process and not from this one, which has database connections and locks. They share
    the memory of what that process has loaded.
    """
    multiprocessing.set_forkserver_preload([__name__, "masthead.cli", *modules])
    forkserver.ensure_running()


def prepare_all(
    tasks: Iterable[PreparationTask], preparer: Preparer, *, processes: int, count: int
) -> Iterator[PreparedItem | ItemFailure]:
    """Prepare the tasks, whose number is ``count``, and yield the results in order."""
    if processes < 2 or count < SMALLEST_POOL:
        yield from map(preparer.prepare, tasks)
        return
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(processes, context, _initialise, (preparer,)) as pool:
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


def _initialise(preparer: Preparer) -> None:
    """Initialise a worker process with the preparer."""
    global _preparer  # noqa: PLW0603 (a worker process has no other place for it)
    _preparer = preparer
    # A collection writes to every object that it looks at, and so copies the memory that the workers share.
    gc.freeze()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End the worker when the parent process ends, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare(task: PreparationTask) -> PreparedItem | ItemFailure:
    assert _preparer is not None  # noqa: S101 (the pool calls `_initialise` first)
    return _preparer.prepare(task)
