"""Servers to compare, each on a port of its own with one process, and wrk, which asks them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from masthead.operation.serving import THREADS

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 16
#: Everything is counted as usual, but nobody is turned away.
UNLIMITED = {"RATELIMIT_API": "100000000 per minute", "RATELIMIT_SEARCH": "100000000 per minute"}
#: Nothing is answered from memory.
FORGETFUL = {"PAGE_CACHE": "false"}
#: Whoever sends our cookie may be somebody, and gets a page made.
NOBODY = "session=somebody"
NGINX = """
worker_processes 1;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 100000000;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process; what is empty stays unset."""
    return os.environ | {name: value for name, value in settings.items() if value}


def run(command: list[str], variables: Mapping[str, str]) -> None:
    """Run a command that has to succeed."""
    subprocess.run(
        command, env=variables, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def masthead(*arguments: str, variables: Mapping[str, str]) -> None:
    """Run a command of Masthead."""
    run([sys.executable, "-m", "masthead", *arguments], variables)


@contextmanager
def granian(target: str, variables: Mapping[str, str]) -> Iterator[str]:
    """A WSGI application on granian for the block, with the settings of `masthead serve`; its address."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", str(THREADS)]
    command += ["--log-level", "error", target]
    with serving(command, port, variables) as url:
        yield url


@contextmanager
def gunicorn(target: str, variables: Mapping[str, str]) -> Iterator[str]:
    """A WSGI application on gunicorn for the block, as tutorials start it; its address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with serving([*command, "--log-level", "error", target], port, variables) as url:
        yield url


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """The files of ``folder/www`` from nginx for the block; their address."""
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    command = ["nginx", "-p", str(folder), "-c", str(settings), "-e", "stderr", "-g", "daemon off;"]
    with serving(command, port, os.environ) as url:
        yield url


@contextmanager
def serving(
    command: list[str], port: int, variables: Mapping[str, str], *, site_url: str = ""
) -> Iterator[str]:
    """A server for the block; its address."""
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        command,
        env={**variables, "SITE_URL": site_url or url},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(f"{url}/", process)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait for the first answers; on PostgreSQL nothing is kept before the server listens."""
    deadline = time.monotonic() + 60
    answers = 0
    while answers < 5:
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"A server did not start: {' '.join(map(str, process.args))}")
        try:
            fetched(url)
            answers += 1
        except OSError:
            pass
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetched(url: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of an answer, uncompressed as wrk asks for it."""
    with urllib.request.urlopen(url, timeout=120) as response:
        return response.read(), dict(response.headers.items())


def rate(url: str, *, seconds: float, connections: int = CONNECTIONS, cookie: str = "") -> float:
    """Requests per second that wrk gets answered; any ``cookie`` of ours leads past Masthead's page cache."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
    command += ["-H", f"Cookie: {cookie}", url] if cookie else [url]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    if "Non-2xx" in finished.stdout:
        sys.exit(f"{url} answered with errors:\n{finished.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", finished.stdout)
    if found is None:
        sys.exit(f"wrk said nothing of requests:\n{finished.stdout}")
    return float(found[1])


def require(program: str) -> None:
    """End with a sentence if a program is missing."""
    if shutil.which(program) is None:
        sys.exit(
            f"This benchmark needs {program}. Install it (Debian and Ubuntu: apt-get install {program}), and start again."
        )
