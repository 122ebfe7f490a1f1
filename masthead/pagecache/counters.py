"""Hit counters: each process counts in a small mapped file, which others can read."""

import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

#: Folder below MASTHEAD_HOME.
FOLDER: Final = "pagecache"
FORMAT: Final = struct.Struct("=8Q")


class Counts(NamedTuple):
    """Counts of a process since its start; the last three are gauges."""

    hits: int = 0
    misses: int = 0
    bypasses: int = 0
    #: Pages that were out of date before they could be stored.
    refused: int = 0
    #: Pages that were dropped by an invalidation.
    dropped: int = 0
    pages: int = 0
    bytes: int = 0
    limit_bytes: int = 0


HITS, MISSES, BYPASSES, REFUSED, DROPPED, PAGES, BYTES, LIMIT = range(len(Counts._fields))


class HitCounters:
    """The counters of this process. Unlocked, so concurrent increments may be lost; they are statistics."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """Reset to zero in private memory: a command that answers no request needs no file."""
        self.values = memoryview(bytearray(FORMAT.size)).cast("Q")
        self._is_shared = False

    def share(self) -> None:
        """Share the counters with other processes from now on."""
        if not self._is_shared:
            self._is_shared = True
            before, self.values = self.values, self._open()
            self.values[:] = before

    def _open(self) -> memoryview:
        """Map a file; private memory if none can be created."""
        folder = self._home / FOLDER
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (folder / str(os.getpid())).open("w+b") as file:
                file.write(bytes(FORMAT.size))
                file.flush()
                return memoryview(mmap.mmap(file.fileno(), FORMAT.size)).cast("Q")
        except OSError:
            return memoryview(bytearray(FORMAT.size)).cast("Q")

    def now(self) -> Counts:
        """Return the counts of this process."""
        return Counts(*self.values)


def of_processes(home: Path) -> Iterator[tuple[int, Counts]]:
    """Map process ids to counts for each running process; removes the files of ended ones."""
    for file in sorted((home / FOLDER).glob("[0-9]*")):
        if not _runs(int(file.name)):
            with suppress(OSError):
                file.unlink()
            continue
        with suppress(OSError, struct.error):
            yield int(file.name), Counts(*FORMAT.unpack(file.read_bytes()))


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
