"""Taking no more connections from a port that others go on to share.

granian ends whatever it has just accepted when it is told to end. So a worker that is to end stops accepting some time
before: under the descriptors of the port it gets a socket to which nobody ever connects.
"""

import os
import socket
import stat
from pathlib import Path
from typing import Final

from masthead.web.middleware import draining

DESCRIPTORS: Final = Path("/proc/self/fd")


class PortLeaver:
    """Leaves the port once its server has a successor."""

    def __init__(self, listener: int) -> None:
        self._port = os.fstat(listener).st_ino
        self._is_draining = draining.flag()
        self._has_left = False

    def __call__(self) -> None:
        """Look at the flag; a worker calls this every second."""
        if self._is_draining() and not self._has_left and DESCRIPTORS.is_dir():
            self._has_left = True
            self._leave()

    def _leave(self) -> None:
        with socket.socket(socket.AF_UNIX) as nobody:
            # An abstract name, which the system chooses.
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
