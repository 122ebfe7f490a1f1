"""A log file that several processes write and rotate together, and the way to syslog."""

import fcntl
import logging
import os
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import SysLogHandler, WatchedFileHandler
from pathlib import Path
from urllib.parse import urlsplit

#: A file that is larger is put aside, and of those put aside the newest are kept.
LARGEST_BYTES = 10_000_000
KEPT = 5
SYSLOG_PORT = 514
LOCAL_SYSLOG = "/dev/log"


class RotatingFile(WatchedFileHandler):
    """Appends whole lines; the process that finds the file too large puts it aside, and the others follow it.

    The handler of the standard library that rotates knows of one process alone: several would rotate each other's file.
    """

    def __init__(self, path: Path, *, largest: int = LARGEST_BYTES, kept: int = KEPT) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._largest, self._kept = path, largest, kept
        super().__init__(path, encoding="utf-8", delay=True)
        # Whether that is possible is known now, not at the first line.
        self._open().close()

    def _open(self) -> TextIOWrapper:
        """Nobody else on the machine reads it."""
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8", write_through=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, into a new file if this one is full."""
        try:
            with suppress(FileNotFoundError):
                if self._path.stat().st_size >= self._largest:
                    self._rotate()
        except OSError:
            self.handleError(record)
        super().emit(record)

    def _rotate(self) -> None:
        with self._aside("lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Another process may have done it while this one waited.
            if self._path.stat().st_size < self._largest:
                return
            for number in range(self._kept - 1, 0, -1):
                with suppress(FileNotFoundError):
                    self._aside(number).replace(self._aside(number + 1))
            self._path.replace(self._aside(1))

    def _aside(self, ending: int | str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")


def syslog_handler(address: str) -> logging.Handler:
    """The handler for ``SYSLOG``: ``local``, or ``udp://host:514``; raises `OSError` if there is none on this machine."""
    if address == "local":
        if not Path(LOCAL_SYSLOG).exists():
            raise FileNotFoundError(f"there is no {LOCAL_SYSLOG}")
        return SysLogHandler(LOCAL_SYSLOG)
    parts = urlsplit(address)
    return SysLogHandler((parts.hostname or "localhost", parts.port or SYSLOG_PORT))
