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
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

FOLDER: Final = "metrics"
MEMORY: Final = Path("/dev", "shm")
SWITCH: Final = "PROMETHEUS_MULTIPROC_DIR"
EXTENSION: Final = "masthead.metrics"
#: Histogram buckets in seconds; a page takes some milliseconds.
BUCKETS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATEMENT_BUCKETS: Final = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
#: Route label of unmatched requests: clients choose the paths, and each would become a time series.
NO_ROUTE: Final = "none"


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one application."""

    registry: "CollectorRegistry"
    requests: "Counter"
    seconds: "Histogram"
    statements: "Histogram"
    #: Database connections that requests and jobs have checked out.
    connections: "Gauge"
    #: 1 while the circuit to the mail server is open.
    mail_is_away: "Gauge"


def begin(home: Path) -> None:
    """Share metrics with the forks of this process, a server; call this before an application is made."""
    folder = _folder_of(home, os.getpid())
    _sweep(folder)
    os.environ[SWITCH] = str(folder)


def share(home: Path) -> None:
    """Share metrics with the other processes of a server that loads the application in each of them."""
    if SWITCH not in os.environ:
        folder = _folder_of(home, os.getppid())
        _sweep(folder)
        os.environ[SWITCH] = str(folder)


def end() -> None:
    """Remove the metrics folder; call this when the last process of a server has ended."""
    folder = os.environ.pop(SWITCH, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def forget_ended() -> None:
    """Drop the gauges of server processes that have ended; their counters stay."""
    for file in Path(os.environ[SWITCH]).glob("gauge_live*_*.db"):
        if identity(int(file.stem.rpartition("_")[2])) is None:
            file.unlink(missing_ok=True)


def _folder_of(home: Path, server: int) -> Path:
    """Create a folder for one server, in shared memory if the machine offers it.

    The files are mapped, and a write to a mapped file on a full disk ends the process (SIGBUS).
    """
    name = f"{hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:16]}-{identity(server)}"
    for folder in (MEMORY / f"masthead-{os.geteuid()}-{name}", home / FOLDER / name):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=folder.is_relative_to(home), exist_ok=True)
            # Shared memory is world-writable, so an existing folder may belong to somebody else.
            found = folder.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
                return folder
    return home / FOLDER / name


def _sweep(folder: Path) -> None:
    """Remove the folders of killed servers of this home."""
    prefix, _, _ = folder.name.rpartition("-")
    for other in folder.parent.glob(f"{prefix}-*"):
        number, _, _ = other.name.rpartition("-")[2].partition(".")
        if number.isdigit() and identity(int(number)) != other.name.rpartition("-")[2]:
            shutil.rmtree(other, ignore_errors=True)


def parent_of(process: int) -> int | None:
    """Return the parent of a process; None if unknown."""
    try:
        facts = Path("/proc", str(process), "stat").read_text(encoding="utf-8", errors="replace")
        return int(facts.rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def identity(process: int) -> str | None:
    """Return a process's id and start time, since ids are reused; None if it has ended."""
    try:
        facts = Path("/proc", str(process), "stat").read_text(encoding="utf-8", errors="replace")
        # The program's name stands in parentheses, and may contain some itself.
        fields = facts.rpartition(")")[2].split()
        # An ended process is listed as a zombie until its parent reaps it.
        return None if fields[0] in {"Z", "X"} else f"{process}.{fields[19]}"
    except (OSError, IndexError):
        pass
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return f"{process}"


def is_shared() -> bool:
    """Tell if several processes share metrics."""
    return SWITCH in os.environ


def init_app(app: Flask) -> None:
    """Count each request that the application answers; the page cache counts its own."""
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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
        Gauge(
            "masthead_database_connections_in_use", "Connections to the database in use.",
            registry=registry, multiprocess_mode="livesum",
        ),
        Gauge(
            "masthead_mail_circuit_open", "Whether the mail server is left alone, as it has not answered.",
            registry=registry, multiprocess_mode="livemax",
        ),
    )  # fmt: skip
    app.before_request(_begin)
    app.after_request(_end)


def of(app: Flask) -> Metrics:
    """Return the metrics of the application."""
    metrics: Metrics = app.extensions[EXTENSION]
    return metrics


def _begin() -> None:
    g.metrics_began = time.perf_counter()


def _end(response: Response) -> Response:
    from flask import current_app

    metrics = of(current_app)
    route = request.url_rule.rule if request.url_rule is not None else NO_ROUTE
    # Clients choose methods; all that no route knows share one label.
    method = request.method if request.method in KNOWN_METHODS else "other"
    metrics.requests.labels(method, route, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(time.perf_counter() - g.get("metrics_began", time.perf_counter()))
    return response


KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
