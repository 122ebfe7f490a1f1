"""Servers of a test's own on loopback that answer what they are told, byte by byte, and count who came."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

Play = Callable[[socket.socket], None]


class Sink:
    """Each connection, encrypted where there is a context for it, is handed to ``play`` after its request was read."""

    def __init__(self, play: Play, context: ssl.SSLContext | None = None) -> None:
        self._play = play
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), self._encrypted(connection) as stream:
            request = b""
            while b"\r\n\r\n" not in request and (part := stream.recv(65_536)):
                request += part
            self.requests.append(request)
            self._play(stream)

    def _encrypted(self, connection: socket.socket) -> socket.socket:
        return self._context.wrap_socket(connection, server_side=True) if self._context else connection

    def close(self) -> None:
        """Take no more connections."""
        self.ended.set()
        # Closing alone would leave the thread waiting, and the port open.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def saying(answer: bytes) -> Play:
    """Send these bytes and close."""
    return lambda connection: connection.sendall(answer)


@pytest.fixture
def make_sink() -> Iterator[Callable[..., Sink]]:
    """Start a server that plays: `make_sink(saying(b"HTTP/1.1 200 OK\\r\\n\\r\\n"))`."""
    made: list[Sink] = []

    def make(play: Play, context: ssl.SSLContext | None = None) -> Sink:
        made.append(Sink(play, context))
        return made[-1]

    yield make
    for sink in made:
        sink.close()
