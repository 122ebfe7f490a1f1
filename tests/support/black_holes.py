"""A way to a server on which everything can vanish: both ends are connected and hear nothing of each other."""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class BlackHole:
    """A port that leads to a Unix socket, as long as it is not swallowing."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._is_open = threading.Event()
        self._is_open.set()
        self._connections: list[tuple[socket.socket, socket.socket]] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def swallow(self) -> None:
        """Take everything that is sent, and hand nothing on."""
        self._is_open.clear()

    def go_on(self) -> None:
        """Hand on again; connections that have lost something are ended."""
        # Those that were made while it swallowed have lost something, too.
        ended, self._connections = self._connections, []
        for each in (each for pair in ended for each in pair):
            _end(each)
        self._is_open.set()

    def close(self) -> None:
        """End everything."""
        _end(self._listener)
        self._listener.close()
        self._acceptor.join()
        self.go_on()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._target))
            except OSError:
                client.close()
                server.close()
                continue
            self._connections.append((client, server))
            thread = threading.Thread(target=self._hand_on, args=(client, server), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _hand_on(self, client: socket.socket, server: socket.socket) -> None:
        """Both directions of a connection, until it is ended."""
        with client, server:
            back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            back.start()
            self._pump(client, server)
            back.join()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65_536):
                if self._is_open.is_set():
                    sink.sendall(part)
        if self._is_open.is_set():
            _end(source)
            _end(sink)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
