"""What a process does before it ends."""

import os
from collections.abc import Callable
from multiprocessing import util


def at_end(act: Callable[[], object]) -> None:
    """Have something done when this process ends; a fork of it has to ask for itself.

    A child of the server never runs `atexit`; what is registered here runs in children and in the main process.
    """
    util.Finalize(None, act, exitpriority=1)


class AtEnd:
    """The same for those who ask again and again: it is done once in each process."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._asked_in: int | None = None

    def ask(self) -> None:
        """Ask for it, the first time in each process."""
        if self._asked_in != os.getpid():
            self._asked_in = os.getpid()
            at_end(self._act)
