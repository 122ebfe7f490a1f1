"""Heartbeats: children end with their parent, and a watchdog replaces frozen children.

Each child writes to a pipe every second; a parent that reads nothing kills it, and its owner starts another. The
system ends children whose parent is gone (Linux); elsewhere they notice it themselves.
"""

import ctypes
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 1.0
#: `prctl(2)`.
PR_SET_PDEATHSIG: Final = 1
SIGN: Final = struct.Struct("=i")


def end_with_parent(parent: int) -> None:
    """Arrange for this process to be killed when its parent, the process ``parent``, ends."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    if not sys.platform.startswith("linux"):
        threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(BEAT_SECONDS)
    os._exit(1)


class Watchdog:
    """Kills forks of this process that send no heartbeat."""

    def __init__(self, seconds: float, *, say: Callable[[], object], in_child: Callable[[], object]) -> None:
        self._seconds = seconds
        self._parent = os.getpid()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._heard: dict[int, float] = {}
        #: Called every second, here and in each child.
        self._say, self._in_child = say, in_child
        os.register_at_fork(after_in_child=self._begin_in_child)

    def start(self) -> None:
        """Watch from a thread, which also sends this process's heartbeat."""
        threading.Thread(target=self._listen, name="watchdog", daemon=True).start()
        threading.Thread(target=self._look_on, name="frozen workers", daemon=True).start()

    def _begin_in_child(self) -> None:
        # Grandchildren are not watched here.
        if os.getppid() != self._parent:
            return
        os.close(self._reader)
        end_with_parent(self._parent)
        threading.Thread(target=self._say_on, name="sign of life", daemon=True).start()

    def _say_on(self) -> None:
        sign = SIGN.pack(os.getpid())
        while True:
            # A full pipe holds heartbeats enough for a suspended parent.
            with suppress(BlockingIOError):
                os.write(self._writer, sign)
            self._in_child()
            time.sleep(BEAT_SECONDS)

    def _listen(self) -> None:
        while signs := os.read(self._reader, 4_096 * SIGN.size):
            for (process,) in SIGN.iter_unpack(signs[: len(signs) // SIGN.size * SIGN.size]):
                self._heard[process] = time.monotonic()

    def _look_on(self) -> None:
        while True:
            self._say()
            began = time.monotonic()
            time.sleep(BEAT_SECONDS)
            if time.monotonic() - began > 5 * BEAT_SECONDS:
                # The machine was suspended or overloaded, and the children as well.
                self._heard = dict.fromkeys(self._heard, time.monotonic())
            for process, heard in list(self._heard.items()):
                if time.monotonic() - heard > self._seconds:
                    del self._heard[process]
                    self._end(process)

    def _end(self, process: int) -> None:
        if not _is_child(process):
            return
        log.error("a process has frozen and is replaced", process=process)
        os.kill(process, signal.SIGKILL)


def _is_child(process: int) -> bool:
    """Tell if the process is a running child of ours; its id may have been reused."""
    try:
        return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False
