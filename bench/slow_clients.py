"""How long ordinary requests wait while hundreds of slow clients hold connections to `masthead serve`."""

import http.client
import resource
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench import servers
from bench.figures import Figure, at_most

CLIENTS = 500
#: A slow client sends a byte so often.
DRIP_SECONDS = 1.0
REQUESTS = 300
HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100000\r\n\r\nemail="
)
#: What each kind of client sends at once, and whether it goes on.
KINDS = {"slow headers": (HEADER, True), "slow bodies": (BODY, True), "idle connections": (b"", False)}


def measure(home: Path) -> list[Figure]:
    """The 99th percentile of ordinary requests, cached and made, under each kind of slow client."""
    _allow_many_files()
    port = servers.free_port()
    variables = servers.environment(
        {"MASTHEAD_HOME": str(home), "FLASK_CONFIG": "production", "LOG_LEVEL": "ERROR"}
    )
    command = [sys.executable, "-m", "masthead", "serve", "--port", str(port)]
    figures = []
    with servers.serving(command, port, variables, site_url=f"http://localhost:{port}") as url:
        for name, (beginning, goes_on) in KINDS.items():
            with _slow(port, beginning) as drip:
                times = sorted(_times(url, drip if goes_on else None))
            worst = statistics.quantiles(times, n=100)[98] * 1_000
            figures.append(at_most(f"99th percentile with {CLIENTS} clients: {name}", worst, 100, unit="ms"))
    return figures


def _allow_many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8_192), most))


@contextmanager
def _slow(port: int, beginning: bytes) -> Iterator[Callable[[], None]]:
    """Open the connections; the function lets each send one more byte, and those that were closed come back."""
    clients = [_connected(port, beginning) for _ in range(CLIENTS)]

    def drip() -> None:
        for number, client in enumerate(clients):
            try:
                client.send(b"x")
            except OSError:
                client.close()
                clients[number] = _connected(port, beginning)

    try:
        yield drip
    finally:
        for client in clients:
            client.close()


def _connected(port: int, beginning: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.setblocking(False)
    if beginning:
        client.send(beginning)
    return client


def _times(url: str, drip: Callable[[], None] | None) -> Iterator[float]:
    """Seconds that each ordinary request took, every second one from the page cache."""
    parts = urlsplit(url)
    last = 0.0
    for number in range(REQUESTS):
        if drip is not None and time.monotonic() - last > DRIP_SECONDS:
            drip()
            last = time.monotonic()
        headers = {} if number % 2 else {"Cookie": "session=somebody"}
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
        began = time.perf_counter()
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        answer.read()
        yield time.perf_counter() - began
        assert answer.status == 200, f"An ordinary request was answered {answer.status}."
        connection.close()
        time.sleep(0.01)
