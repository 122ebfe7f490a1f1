"""A log file that several processes write and rotate together, and a handler for syslog."""

import fcntl
import logging
import os
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import SysLogHandler, WatchedFileHandler
from pathlib import Path
from urllib.parse import urlsplit

#: Size in bytes at which the file is rotated, and number of rotated files that are kept.
LARGEST_BYTES = 10_000_000
KEPT = 5
SYSLOG_PORT = 514
LOCAL_SYSLOG = "/dev/log"


class RotatingFile(WatchedFileHandler):
    """Appends whole lines; the process that finds the file too large rotates it, and the others reopen it.

    The rotating handler of the standard library supports one process: several would rotate each other's file.
    """

    def __init__(self, path: Path, *, largest: int = LARGEST_BYTES, kept: int = KEPT) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._largest, self._kept = path, largest, kept
        super().__init__(path, encoding="utf-8", delay=True)
        # Fails now if the file cannot be opened, not at the first line.
        self._open().close()

    def _open(self) -> TextIOWrapper:
        """Open the file, readable by its owner alone."""
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8", write_through=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, after rotating the file if it is full."""
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
            # Another process may have rotated it while this one waited for the lock.
            if self._path.stat().st_size < self._largest:
                return
            for number in range(self._kept - 1, 0, -1):
                with suppress(FileNotFoundError):
                    self._aside(number).replace(self._aside(number + 1))
            self._path.replace(self._aside(1))

    def _aside(self, ending: int | str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")


def syslog_handler(address: str) -> logging.Handler:
    """Make the handler for ``SYSLOG``: ``local``, or ``udp://host:514``; raises `OSError` if this machine has none."""
    if address == "local":
        if not Path(LOCAL_SYSLOG).exists():
            raise FileNotFoundError(f"there is no {LOCAL_SYSLOG}")
        return SysLogHandler(LOCAL_SYSLOG)
    parts = urlsplit(address)
    return SysLogHandler((parts.hostname or "localhost", parts.port or SYSLOG_PORT))
