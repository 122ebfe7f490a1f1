"""granian on a port that another process holds, shared by all of its workers."""

import os
import socket
from typing import Any

from granian._granian import SocketHolder
from granian.server.mp import MPServer

from masthead.operation.listening import BACKLOG


class SharedPortServer(MPServer):
    """By itself granian opens the port once for each worker, and an ending worker drops its queued connections."""

    def __init__(self, *, listener: int, **options: Any) -> None:
        super().__init__(**options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        # Like granian's own fallback where a port cannot be opened several times.
        descriptor = os.dup(self._listener)
        make: Any = SocketHolder
        vars(self).update(
            _ssp=None,
            _sfd=descriptor,
            _shd=make(descriptor, False, BACKLOG),
            _sso=socket.socket(fileno=descriptor),
        )
        os.set_inheritable(descriptor, True)
