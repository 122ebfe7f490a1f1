"""Exit hooks: functions that run before a process ends."""

import os
from collections.abc import Callable
from multiprocessing import util


def register_exit_hook(act: Callable[[], object]) -> None:
    """Register a function for the end of this process; forks have to register their own.

    Forked workers never run `atexit`; these functions run in workers and in the main process.
    """
    util.Finalize(None, act, exitpriority=1)


class ExitHook:
    """An exit hook that may be requested repeatedly and is registered once in each process."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._registered_in: int | None = None

    def register(self) -> None:
        """Register the function if this process has not done so."""
        if self._registered_in != os.getpid():
            self._registered_in = os.getpid()
            register_exit_hook(self._act)
