"""Decodes many files for an import, each in a fork of one process, with the limits of an upload.

An upload starts a process for each file, which takes 0.2 s; that is too long for thousands of small pictures.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from masthead.media.processing import child


class Decoder:
    """A process that waits for orders, one at a time; the next order starts another if it has ended.

    It ends with this one. A fork that hangs ends with it.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        #: Another process that inherits this object, by a fork, must not share the pipes.
        self._owner = 0
        #: Answers carry no number, so an order must have its answer before the next one is written.
        self._order = threading.Lock()

    def run(self, order: dict[str, Any], environment: dict[str, str], *, seconds: float) -> tuple[int, bytes]:
        """Carry out an order; return the exit code of its fork and its result. Raises `TimeoutError`."""
        with self._order:
            return self._carried_out(order, environment, seconds)

    def renew_lock(self) -> None:
        """Make a free lock after a fork: another thread of the parent may have held it."""
        self._order = threading.Lock()

    def _carried_out(
        self, order: dict[str, Any], environment: dict[str, str], seconds: float
    ) -> tuple[int, bytes]:
        process = self._running(environment)
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 (both are pipes)
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], seconds)
            line = process.stdout.readline() if ready else b""
        except BrokenPipeError:
            ready, line = [process.stdout], b""
        if not line:
            self.close()
            if not ready:
                raise TimeoutError
            return -signal.SIGKILL, b""
        result = Path(order["folder"]) / child.RESULT
        return int(line), result.read_bytes() if result.exists() else b""

    def close(self) -> None:
        """End the process, and the fork that it waits for."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def _running(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is not None:
            self.close()
        if self._process is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._process = subprocess.Popen(  # noqa: S603 (our own program, without arguments)
                [sys.executable, "-P", "-m", child.__name__, child.SERVE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        return self._process


#: The decoder of this process.
DECODER: Final = Decoder()
atexit.register(DECODER.close)
os.register_at_fork(after_in_child=DECODER.renew_lock)
