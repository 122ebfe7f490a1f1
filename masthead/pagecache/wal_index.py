"""Reads SQLite's WAL index header, which changes with every commit, without a call into SQLite.

A call into SQLite releases the GIL, and under load a thread then waits long for its next turn, which costs more than
the rest of a cached response. The header (https://www.sqlite.org/walformat.html, section 2.1) is shared memory, and
every commit changes it before it returns. Equal bytes mean that nothing was committed.
"""

import mmap
import os
from typing import Final

HEADER_BYTES: Final = 96
#: By path. Never closed: closing any descriptor of the file would drop SQLite's locks on it in this process (fcntl,
#: POSIX). SQLite keeps the file as long as one of our connections is open, and those stay open.
_open: Final[dict[str, mmap.mmap]] = {}
_descriptors: Final[list[int]] = []


def header_of(database: str) -> mmap.mmap | None:
    """Map the header; None for a database without a WAL index in shared memory."""
    path = f"{database}-shm"
    try:
        found = os.stat(path)  # noqa: PTH116 (for every answer, and a Path takes longer)
        name = f"{path} {found.st_dev} {found.st_ino}"
        if name not in _open:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            _descriptors.append(descriptor)
            _open[name] = mmap.mmap(descriptor, HEADER_BYTES, mmap.MAP_SHARED, mmap.PROT_READ)
        return _open[name]
    except (OSError, ValueError):
        return None
