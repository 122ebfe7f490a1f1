"""Ending the reading side of a client's connection, so that a thread which waits for the rest of a body gets on.

Only the connection's end frees such a thread. gunicorn hands the connection over. granian names no more than the address,
so the connection is looked for among those that this process has accepted, by what Linux tells of each.
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

#: Where gunicorn puts a connection.
SOCKET: Final = "gunicorn.socket"
DESCRIPTORS: Final = Path("/proc/self/fd")
#: `tcpi_last_data_sent` and `tcpi_last_data_recv` in `struct tcp_info` of linux/tcp.h: how many milliseconds ago.
MOMENTS: Final = struct.Struct("=44xI4xI")
TCP_INFO_BYTES: Final = 104
#: How far the moment at which a request was handed over may lie from that at which its last byte came.
TOLERANCE_SECONDS: Final = 0.5


def stop_reading(environ: "WSGIEnvironment", began: float, others: Collection[float]) -> None:
    """End the reading side of the connection whose request began at ``began`` (monotonic); its answer still leaves.

    ``others`` are the moments at which the bodies of other requests from the same address came, or came last: their
    connections are left alone, and this one is found when it is tried again.
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
            # Nothing was sent since the request began, so it is one that waits for an answer.
            is_unanswered = sent <= min(began + TOLERANCE_SECONDS, received + 0.01)
            if is_unanswered and all(abs(received - other) > TOLERANCE_SECONDS for other in others):
                connection.shutdown(socket.SHUT_RD)


def _accepted_from(peer: str) -> Iterator[socket.socket]:
    """The connections that this process has accepted from an address."""
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
    """All TCP sockets of this process, under descriptors of our own."""
    for entry in DESCRIPTORS.iterdir():
        try:
            if not stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                continue
            found = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            # It was closed meanwhile.
            continue
        if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
            yield found
        else:
            found.close()
