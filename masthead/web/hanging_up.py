"""Ending the connection of somebody whose body was cut, so that the thread that reads it ends as well.

A thread that waits for the rest of a body can only be freed by the end of its connection. gunicorn hands the
connection over. granian does not, and keeps it open until the whole body has come; it is found among those of this
process: one to the same address, on which the last thing that was sent is our answer.
"""

import os
import socket
import stat
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from masthead.web.proxies import PEER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Where gunicorn puts a connection.
SOCKET: Final = "gunicorn.socket"
DESCRIPTORS: Final = "/proc/self/fd"
#: `tcpi_last_data_sent` in `struct tcp_info` of linux/tcp.h: milliseconds since data was sent.
LAST_SENT: Final = struct.Struct("=44xI")
TCP_INFO_BYTES: Final = 104
#: An answer needs a moment to leave; after that its connection is silent from our side.
SILENT_SECONDS: Final = 1.0


def is_gunicorn(environ: "WSGIEnvironment") -> bool:
    """Whether gunicorn has the connection, and hands it over."""
    return SOCKET in environ


def read_no_more(environ: "WSGIEnvironment") -> None:
    """Let whoever reads from a connection of gunicorn's find its end at once; it would wait for the rest of the body."""
    if is_gunicorn(environ):
        with suppress(OSError):
            environ[SOCKET].shutdown(socket.SHUT_RD)


def hang_up(environ: "WSGIEnvironment", answered_at: float) -> None:
    """End the connection that the answer at ``answered_at`` (monotonic) has left on.

    Somebody else at the same address whose answer left in the same second, and who has asked nothing since, loses an idle
    connection by this, and opens another.
    """
    if not sys.platform.startswith("linux"):
        return
    age = (time.monotonic() - answered_at) * 1_000
    for connection in _connections(str(environ.get(PEER, ""))):
        with suppress(OSError):
            information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
            (silent_for,) = LAST_SENT.unpack_from(information)
            if SILENT_SECONDS * 1_000 <= silent_for <= age + 50:
                connection.shutdown(socket.SHUT_RDWR)


def _connections(peer: str) -> Iterator[socket.socket]:
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
    for name in os.listdir(DESCRIPTORS):
        try:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            found = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            # It was closed meanwhile.
            continue
        if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
            yield found
        else:
            found.close()
