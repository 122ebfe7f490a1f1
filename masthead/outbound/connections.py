"""Connections to verified addresses, bounded by the deadline of the fetch."""

import ssl
import time
from collections.abc import Sequence
from typing import Any

import httpcore2

from masthead.outbound.addresses import Address

#: Seconds to connect to one of several addresses of a host.
CONNECT_SECONDS = 3.0


class PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the verified addresses, regardless of later DNS changes, and never after the deadline."""

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
        """Connect to the first address that accepts."""
        problem: Exception = httpcore2.ConnectError("no address")
        for place in self._places:
            try:
                left = min(CONNECT_SECONDS, _left(self._deadline))
                return _TimedStream(self._plain.connect_tcp(str(place), port, left), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
        raise problem


class _TimedStream(httpcore2.NetworkStream):
    """A stream on which each operation has the time that is left until the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read up to ``max_bytes``."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all bytes."""
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Start TLS; the certificate must match the host."""
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(stream, self._deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the deadline is over")
    return left
