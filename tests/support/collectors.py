"""A server that stands for Sentry or a collector of OpenTelemetry: it keeps what it is sent."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

SECONDS = 90
DECODERS: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
}


class Collector:
    """Keeps each ``(path, body)`` that is posted to it."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.bodies.append((self.path, DECODERS[self.headers.get("Content-Encoding")](body)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, wanted: Callable[[bytes], bool]) -> bytes:
        """The first body of this kind; fails if none comes."""
        deadline = time.monotonic() + SECONDS
        while True:
            for _, body in list(self.bodies):
                if wanted(body):
                    return body
            assert time.monotonic() < deadline, f"Only these came: {self.bodies}"
            time.sleep(0.02)

    def close(self) -> None:
        """Take nothing more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A server that keeps what is posted to it: `.port`, `.bodies`, `.wait_for(…)`."""
    made = Collector()
    yield made
    made.close()
