"""Shutting down the reading side of a client's connection, to release the thread that waits for the rest of a body.

Only the end of the connection releases such a thread. gunicorn passes the socket on. granian names only the address,
so the connection is found among those that this process has accepted, by the TCP information of Linux.
"""

import os
import socket
import stat
import struct
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from masthead.web.middleware.proxies import PEER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The environment key under which gunicorn passes the socket.
SOCKET: Final = "gunicorn.socket"
DESCRIPTORS: Final = Path("/proc/self/fd")
#: `tcpi_last_data_sent` and `tcpi_last_data_recv` in `struct tcp_info` of linux/tcp.h: age in milliseconds.
MOMENTS: Final = struct.Struct("=44xI4xI")
TCP_INFO_BYTES: Final = 104
#: Tolerance between the start of a request and the arrival of its last byte.
TOLERANCE_SECONDS: Final = 0.5


def stop_reading(environ: "WSGIEnvironment", began: float, others: Collection[float]) -> None:
    """Shut down reading on the connection whose request began at ``began`` (monotonic).

    Its response can still be sent. ``others`` are the arrival times of other bodies from the same address: their
    connections are left alone, and a later attempt finds this one.
    """
    given = environ.get(SOCKET)
    if given is not None:
        with suppress(OSError):
            given.shutdown(socket.SHUT_RD)
        return
    if not sys.platform.startswith("linux"):
        return
    now = time.monotonic()
    for connection in _accepted_from(str(environ.get(PEER, ""))):
        with suppress(OSError):
            information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
            sent, received = (now - moment / 1_000 for moment in MOMENTS.unpack_from(information))
            # Nothing was sent since the request began, so this connection waits for a response.
            is_unanswered = sent <= min(began + TOLERANCE_SECONDS, received + 0.01)
            if is_unanswered and all(abs(received - other) > TOLERANCE_SECONDS for other in others):
                connection.shutdown(socket.SHUT_RD)


def _accepted_from(peer: str) -> Iterator[socket.socket]:
    """List the connections that this process has accepted from an address."""
    found = list(_sockets())
    try:
        ports = {
            each.getsockname()[1]
            for each in found
            if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        }
        for connection in found:
            with suppress(OSError):
                if connection.getsockname()[1] in ports and connection.getpeername()[0] == peer:
                    yield connection
    finally:
        for each in found:
            each.close()


def _sockets() -> Iterator[socket.socket]:
    """List all TCP sockets of this process, under duplicated descriptors."""
    for entry in DESCRIPTORS.iterdir():
        try:
            if not stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                continue
            found = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            # The socket was closed in the meantime.
            continue
        if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
            yield found
        else:
            found.close()
