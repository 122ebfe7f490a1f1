"""Connections that announce a form and then say nothing: people who share their address still write."""

import socket
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.faults.site import Site, Writer
from tests.support.over_http import Guest

BEGINNING = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\nemail="
)
PATHS = (b"/auth/login", b"/api/v1/auth/login")
END_SECONDS = 60


@dataclass(frozen=True)
class Figures:
    """Figures of connections that begin a body and fall silent."""

    silent: int
    acknowledged: int
    refused: int
    lost: int
    #: Silent connections that were answered with 408 and closed, and those that were still open at the end.
    sent_away: int
    left_open: int


def run(connections: int, writes: int, *, server: str = "granian") -> Figures:
    """Open so many silent connections, and write so often meanwhile."""
    with tempfile.TemporaryDirectory(prefix="masthead-silent-") as name:
        site = Site(Path(name), server=server, BODY_TIMEOUT_SECONDS=5)
        site.prepare()
        with site.running():
            writer = Writer(site.signed_in(), "walt")
            silent = [_silent(site.port, PATHS[number % len(PATHS)]) for number in range(connections)]
            try:
                for _ in range(writes):
                    writer.write()
                shown = writer.shown(Guest(site.url))
                answers = [_answer(connection) for connection in silent]
            finally:
                for connection in silent:
                    connection.close()
    return Figures(
        connections,
        len(writer.acknowledged),
        writes - len(writer.acknowledged),
        sum(text not in shown for text in writer.acknowledged),
        sum(answer.startswith(b"HTTP/1.1 408 ") for answer, _ in answers),
        sum(not is_closed for _, is_closed in answers),
    )


def _silent(port: int, path: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(BEGINNING % path)
    return connection


def _answer(connection: socket.socket) -> tuple[bytes, bool]:
    """Everything that a silent connection was told, and whether it was closed after that."""
    told = b""
    deadline = time.monotonic() + END_SECONDS
    with suppress(OSError):
        while (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            part = connection.recv(65_536)
            if not part:
                return told, True
            told += part
    return told, time.monotonic() < deadline
