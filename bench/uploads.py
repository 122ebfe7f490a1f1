"""Readers' waiting times while 200 pictures come in: ``python -m bench.uploads`` prints them beside the quiet ones.

A server of its own with its jobs, two connections of readers that never pause, one of a writer who sends one picture after
the other, and the job that makes their smaller versions. Phases alternate, since other work on the machine changes.
"""

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from bench import servers

PICTURES: Final = 200
ROUNDS: Final = 4
QUIET_SECONDS: Final = 10
READERS: Final = 2
PAUSE_SECONDS: Final = 0.02
PASSWORD: Final = "seven wet umbrellas"
PATHS: Final = ("/", "/blog/", "/search?q=ferry", "/blog/?page=2")


def photograph(number: int) -> bytes:
    """Return a picture of three megapixels that no other is equal to."""
    size = (2048, 1536)
    noise = Image.effect_noise((256, 192), 60 + number % 40).resize(size)
    picture = Image.merge("RGB", (noise, Image.linear_gradient("L").resize(size), noise.rotate(180)))
    written = BytesIO()
    picture.save(written, "JPEG", quality=85)
    return written.getvalue()


class Reading:
    """Readers who ask for pages until they are stopped, and how long each page took."""

    def __init__(self, port: int) -> None:
        self.seconds: list[float] = []
        self._port = port
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]

    def __enter__(self) -> "Reading":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        number = 0
        while not self._is_over.is_set():
            began = time.perf_counter()
            connection.request("GET", PATHS[number % len(PATHS)])
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"A page answers {answer.status}.")
            self.seconds.append(time.perf_counter() - began)
            number += 1
            time.sleep(PAUSE_SECONDS)


def call(port: int, path: str, body: bytes, **headers: str) -> dict[str, object]:
    """Send a request to the API; its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    content: dict[str, object] = json.loads(answer.read())
    if answer.status not in {200, 201}:
        sys.exit(f"{path} answers {answer.status}: {content}")
    return content


def bring_in(port: int, token: object, number: int) -> None:
    """Send one picture."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{number}.jpg"\r\n\r\n'.encode()
    body = head + photograph(number) + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    call(port, "/api/v1/media", body, Authorization=f"Bearer {token}", Content_Type=kind)


def measure(port: int) -> dict[str, list[float]]:
    """Return the waiting times of both phases."""
    asked = json.dumps({"email": "walt@example.org", "password": PASSWORD}).encode()
    token = call(port, "/api/v1/auth/login", asked, Content_Type="application/json")["access_token"]
    times: dict[str, list[float]] = {"quiet": [], "uploads": []}
    per_round = PICTURES // ROUNDS
    for phase in range(ROUNDS):
        with Reading(port) as quiet:
            time.sleep(QUIET_SECONDS)
        with Reading(port) as loud:
            for number in range(phase * per_round, (phase + 1) * per_round):
                bring_in(port, token, number)
        times["quiet"] += quiet.seconds
        times["uploads"] += loud.seconds
    return times


def main() -> None:
    """Print the median and the 99th percentile of both phases."""
    with tempfile.TemporaryDirectory() as folder:
        variables = servers.environment(
            servers.UNLIMITED | {"MASTHEAD_HOME": str(Path(folder)), "RATELIMIT_WRITE": "100000 per minute"}
        )
        servers.masthead("init-db", variables=variables)
        servers.masthead("seed-db", "--demo", variables=variables)
        command = ["user", "create", "walt", "walt@example.org", "--role", "author", "--password", PASSWORD]
        servers.masthead(*command, variables=variables)
        port = servers.free_port()
        serve = [sys.executable, "-m", "masthead", "serve", "--port", str(port)]
        with servers.serving(serve, port, variables):
            times = measure(port)
    for name, seconds in times.items():
        cuts = statistics.quantiles(seconds, n=100)
        print(
            f"{name}: {len(seconds)} pages, median {cuts[49] * 1000:.1f} ms, 99 of 100 within {cuts[98] * 1000:.1f} ms"
        )
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
