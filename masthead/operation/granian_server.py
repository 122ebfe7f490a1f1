"""granian on a port that another process holds, which all of its workers share."""

import os
import socket
from typing import Any

from granian._granian import SocketHolder
from granian.server.mp import MPServer

from masthead.operation.listening import BACKLOG


class SharedPortServer(MPServer):
    """By itself granian opens the port once for each worker, and whoever waits for one that ends is turned away."""

    def __init__(self, *, listener: int, **options: Any) -> None:
        super().__init__(**options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        # As granian does itself where it cannot open the port several times.
        descriptor = os.dup(self._listener)
        make: Any = SocketHolder
        vars(self).update(
            _ssp=None,
            _sfd=descriptor,
            _shd=make(descriptor, False, BACKLOG),
            _sso=socket.socket(fileno=descriptor),
        )
        os.set_inheritable(descriptor, True)
