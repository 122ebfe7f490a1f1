"""How often pages came from memory: each process counts in a small file of its own, which others can read."""

import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

#: Below MASTHEAD_HOME.
FOLDER: Final = "pagecache"
FORMAT: Final = struct.Struct("=8Q")


class Counts(NamedTuple):
    """What a process has counted since its start; the last three are how things stand."""

    hits: int = 0
    misses: int = 0
    bypasses: int = 0
    #: Made, but out of date before they could be kept.
    refused: int = 0
    #: Dropped because something that they show had changed.
    dropped: int = 0
    pages: int = 0
    bytes: int = 0
    limit_bytes: int = 0


HITS, MISSES, BYPASSES, REFUSED, DROPPED, PAGES, BYTES, LIMIT = range(len(Counts._fields))


class HitCounters:
    """The counters of this process. Two threads at the same moment may count one; they are figures, not accounts."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.begin_anew()

    def begin_anew(self) -> None:
        """Count from zero, for oneself: a command that never answers a request needs no file."""
        self.values = memoryview(bytearray(FORMAT.size)).cast("Q")
        self._is_shared = False

    def share(self) -> None:
        """Let other processes read the counters from now on."""
        if not self._is_shared:
            self._is_shared = True
            before, self.values = self.values, self._open()
            self.values[:] = before

    def _open(self) -> memoryview:
        """A piece of memory that is a file; plain memory where no file can be made."""
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
        """What this process has counted."""
        return Counts(*self.values)


def of_processes(home: Path) -> Iterator[tuple[int, Counts]]:
    """Process id and counts of each process that runs; the files of those that ended are removed."""
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
