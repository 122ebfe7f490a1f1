"""Lets a worker leave a shared port before it ends.

granian drops just accepted connections when it is told to end. So an ending worker stops accepting some time before: a
socket to which nobody connects replaces the port under its descriptors.
"""

import os
import socket
import stat
from pathlib import Path
from typing import Final

from masthead.web.middleware import draining

DESCRIPTORS: Final = Path("/proc/self/fd")


class PortReleaser:
    """Leaves the port once its server has a successor."""

    def __init__(self, listener: int) -> None:
        self._port = os.fstat(listener).st_ino
        self._is_draining = draining.flag()
        self._has_left = False

    def __call__(self) -> None:
        """Check the flag; a worker calls this every second."""
        if self._is_draining() and not self._has_left and DESCRIPTORS.is_dir():
            self._has_left = True
            self._leave()

    def _leave(self) -> None:
        with socket.socket(socket.AF_UNIX) as nobody:
            # An abstract socket name, chosen by the system.
            nobody.bind("")
            nobody.listen()
            nobody.setblocking(False)
            for entry in DESCRIPTORS.iterdir():
                descriptor = int(entry.name)
                try:
                    found = os.fstat(descriptor)
                except OSError:
                    continue
                if stat.S_ISSOCK(found.st_mode) and found.st_ino == self._port:
                    os.dup2(nobody.fileno(), descriptor, inheritable=False)
