"""A page from memory against a bare WSGI application with the same bytes, and against a hello-world Flask view.

``python -m bench.page_cache`` starts each application on granian with the settings of `masthead serve`, lets wrk ask
them in turn, round by round, and prints the ratios of the medians. It needs wrk on the PATH.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 4
CONNECTIONS = 16
ROOT = Path(__file__).resolve().parent.parent
POSTS = 30
#: The headers of the answer that the bare application repeats.
COPIED = (
    "content-type",
    "etag",
    "vary",
    "cache-control",
    "content-security-policy",
    "x-frame-options",
    "referrer-policy",
    "x-content-type-options",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
)
BARE = """
import json, pathlib
BODY = pathlib.Path({body!r}).read_bytes()
HEADERS = [tuple(pair) for pair in json.loads(pathlib.Path({headers!r}).read_text())]
def app(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""
HELLO = """
from flask import Flask
app = Flask(__name__)
@app.get("/")
def hello():
    return "Hello, World!"
"""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--database", default="", help="another database than a SQLite file of its own")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit(
            "This benchmark needs wrk. Install it (Debian and Ubuntu: apt-get install wrk), and start again."
        )
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), arguments)
    print(json.dumps(results, indent=2))


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, object]:
    """Requests per second of each application, and what they are in relation to each other."""
    settings = {
        "MASTHEAD_HOME": str(folder / "home"),
        "FLASK_CONFIG": "production",
        "DATABASE_URL": arguments.database,
    }
    masthead = environment(settings | {"LOG_LEVEL": "WARNING"})
    run([sys.executable, "-m", "masthead", "db", "upgrade"], masthead)
    run([sys.executable, "-m", "masthead", "seed-db"], masthead)
    (folder / "hello.py").write_text(HELLO)
    with granian("masthead.wsgi:app", masthead, arguments.workers) as url:
        body, headers = fetched(f"{url}/")
    (folder / "body").write_bytes(body)
    (folder / "headers").write_text(json.dumps(headers))
    (folder / "bare.py").write_text(BARE.format(body=str(folder / "body"), headers=str(folder / "headers")))
    beside = environment({"PYTHONPATH": str(folder)})
    applications = {
        "cached": ("masthead.wsgi:app", masthead),
        "cached, with its line in the log": (
            "masthead.wsgi:app",
            environment(settings | {"LOG_LEVEL": "INFO"}),
        ),
        "not cached": (
            "masthead.wsgi:app",
            environment(settings | {"LOG_LEVEL": "WARNING", "PAGE_CACHE": "false"}),
        ),
        "bare WSGI": ("bare:app", beside),
        "hello Flask": ("hello:app", beside),
    }
    rates: dict[str, list[float]] = {name: [] for name in applications}
    for _ in range(arguments.rounds):
        for name, (target, variables) in applications.items():
            with granian(target, variables, arguments.workers) as url:
                rates[name].append(asked(f"{url}/", arguments.seconds))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "bytes": len(body),
        "rounds": {name: [round(value) for value in values] for name, values in rates.items()},
        "cached / bare WSGI": round(medians["cached"] / medians["bare WSGI"], 2),
        "cached / hello Flask": round(medians["cached"] / medians["hello Flask"], 2),
        "cached with log / bare WSGI": round(
            medians["cached, with its line in the log"] / medians["bare WSGI"], 2
        ),
        "cached / not cached": round(medians["cached"] / medians["not cached"], 1),
    }


def environment(settings: dict[str, str]) -> dict[str, str]:
    """The variables of a process; what is empty stays unset."""
    return os.environ | {name: value for name, value in settings.items() if value}


def run(command: list[str], variables: dict[str, str]) -> None:
    """Run a command that has to succeed."""
    subprocess.run(
        command, env=variables, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def granian(target: str, variables: dict[str, str], workers: int) -> Iterator[str]:
    """A server for the block, with the settings of `masthead serve`; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        "16",
        "--log-level",
        "error",
        target,
    ]
    process = subprocess.Popen(
        command,
        env=variables | {"SITE_URL": url},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait for the first answers; on PostgreSQL nothing is kept before the server listens."""
    deadline = time.monotonic() + 30
    answers = 0
    while answers < 5:
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit("A server did not start.")
        try:
            fetched(f"{url}/")
            answers += 1
        except OSError:
            pass
        time.sleep(0.1)


def fetched(url: str) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and lasting headers of an answer, uncompressed as wrk asks for it."""
    with urllib.request.urlopen(url, timeout=10) as response:
        body = response.read()
        headers = [(name, value) for name, value in response.headers.items() if name.lower() in COPIED]
    return body, [
        *headers,
        ("Content-Length", str(len(body))),
        ("X-Cache", "hit"),
        ("X-Request-ID", "0123456789abcdef"),
    ]


def asked(url: str, seconds: int) -> float:
    """Requests per second."""
    finished = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url], capture_output=True, text=True, check=True
    )
    if "Non-2xx" in finished.stdout:
        sys.exit(f"A server answered with errors:\n{finished.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", finished.stdout)
    if found is None:
        sys.exit(f"wrk said nothing of requests:\n{finished.stdout}")
    return float(found[1])


if __name__ == "__main__":
    main()
