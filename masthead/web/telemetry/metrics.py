"""Counting requests and statements for Prometheus (https://prometheus.io/docs/practices/naming/).

Several processes count into files of one folder (prometheus-client's multiprocess mode, which an environment variable
switches on before the library is loaded); an application by itself counts in memory.
"""

import hashlib
import os
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, g, request

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

FOLDER: Final = "metrics"
MEMORY: Final = Path("/dev", "shm")
SWITCH: Final = "PROMETHEUS_MULTIPROC_DIR"
EXTENSION: Final = "masthead.metrics"
#: Seconds; a page takes some milliseconds.
BUCKETS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATEMENT_BUCKETS: Final = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
#: What has no route: addresses are up to whoever asks, and each would be a series of its own.
NO_ROUTE: Final = "none"


@dataclass(frozen=True, slots=True)
class Metrics:
    """What one application counts."""

    registry: "CollectorRegistry"
    requests: "Counter"
    seconds: "Histogram"
    statements: "Histogram"


def share(home: Path) -> None:
    """Count together with the other processes of this home; call this before an application is made."""
    os.environ[SWITCH] = str(_folder_of(home))


def begin_anew(home: Path) -> None:
    """Forget what the processes of an earlier start have counted; call this while no other one runs."""
    for file in _folder_of(home).glob("*.db"):
        file.unlink(missing_ok=True)


def forget(home: Path) -> None:
    """Leave nothing behind; call this when the last process has ended."""
    shutil.rmtree(_folder_of(home), ignore_errors=True)


def _folder_of(home: Path) -> Path:
    """In memory, if the machine offers that: the files are mapped, and a write to a mapped file that finds no room on a
    full disk ends the process (SIGBUS).
    """
    name = hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:16]
    for folder in (MEMORY / f"masthead-{os.geteuid()}-{name}", home / FOLDER):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=folder.parent == home, exist_ok=True)
            # Anybody may write into that memory, so a folder that waits there may be somebody else's.
            found = folder.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
                return folder
    return home / FOLDER


def is_shared() -> bool:
    """Whether several processes count together."""
    return SWITCH in os.environ


def init_app(app: Flask) -> None:
    """Count each request that the application answers; those that the page cache answers, it counts itself."""
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    app.extensions[EXTENSION] = Metrics(
        registry,
        Counter(
            "masthead_requests", "Requests that were not answered from memory.", ["method", "route", "status"],
            registry=registry,
        ),
        Histogram(
            "masthead_request_seconds", "Time to answer them.", ["route"], buckets=BUCKETS, registry=registry
        ),
        Histogram(
            "masthead_database_statement_seconds", "Time that statements took.", buckets=STATEMENT_BUCKETS,
            registry=registry,
        ),
    )  # fmt: skip
    app.before_request(_begin)
    app.after_request(_end)


def of(app: Flask) -> Metrics:
    """What the application counts."""
    metrics: Metrics = app.extensions[EXTENSION]
    return metrics


def _begin() -> None:
    g.metrics_began = time.perf_counter()


def _end(response: Response) -> Response:
    from flask import current_app

    metrics = of(current_app)
    route = request.url_rule.rule if request.url_rule is not None else NO_ROUTE
    # Methods are words that clients choose; all that no route knows are one.
    method = request.method if request.method in KNOWN_METHODS else "other"
    metrics.requests.labels(method, route, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(time.perf_counter() - g.get("metrics_began", time.perf_counter()))
    return response


KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
