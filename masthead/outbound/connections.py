"""Connections to addresses that were checked before, which end with the time that one fetch may take."""

import ssl
import time
from collections.abc import Sequence
from typing import Any

import httpcore2

from masthead.outbound.addresses import Address

#: How long one of several addresses of a host may take to be reached.
CONNECT_SECONDS = 3.0


class PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name says by now, and never after the deadline."""

    def __init__(self, places: Sequence[Address], deadline: float) -> None:
        self._places, self._deadline = places, deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first of the addresses that takes it."""
        problem: Exception = httpcore2.ConnectError("no address")
        for place in self._places:
            try:
                left = min(CONNECT_SECONDS, _left(self._deadline))
                return _TimedStream(self._plain.connect_tcp(str(place), port, left), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
        raise problem


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which each step may take what is left until the deadline, and no more."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of them."""
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection, encrypted; the certificate must be the host's."""
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(stream, self._deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the deadline is over")
    return left
