"""Temporary folders of backup commands, and the removal of those that killed commands left."""

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from masthead import clock

PREFIX: Final = ".masthead-"
LOCK: Final = "lock"
#: A folder without a lock is being created at this moment, or belongs to an earlier version.
YOUNG_SECONDS: Final = 60
#: Exit code that shells report for a command ended by a signal.
ENDED_BY_SIGNAL: Final = 128


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """Create a temporary folder below ``parent``, and remove it at the end.

    Folders of killed commands are removed first.
    """
    remove(parent)
    with _ending_by_exception(), tempfile.TemporaryDirectory(dir=parent, prefix=PREFIX) as name:
        folder = Path(name)
        with (folder / LOCK).open("w") as lock:
            # A lock ends with its process, so a folder in use is never taken for an abandoned one.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def remove(parent: Path) -> None:
    """Remove the folders of commands that were killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_dir() and not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return folder.exists() and abs(clock.now().timestamp() - folder.stat().st_mtime) < YOUNG_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def _ending_by_exception() -> Iterator[None]:
    """Convert SIGTERM to an exception, like Ctrl+C, so that the command cleans up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(ENDED_BY_SIGNAL + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
