"""``/metrics`` for Prometheus: requests, statements, the page cache, background jobs and email."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Flask, Response, current_app, request

from masthead.db import observe, observe_connections
from masthead.errors import NotAllowed
from masthead.mail import delivery
from masthead.operation import site_status
from masthead.pagecache import counters
from masthead.pagecache.counters import Counts
from masthead.text.addresses import parsed
from masthead.web.access import public
from masthead.web.middleware.security_headers import also_over_http
from masthead.web.middleware.sessionless import sessionless
from masthead.web.telemetry import metrics as web

if TYPE_CHECKING:
    from prometheus_client import Metric

bp = Blueprint("metrics", __name__)

NOT_HERE = "Metrics are for programs on this machine, or for those that send METRICS_TOKEN as a bearer token."
#: Headers that proxies add. Behind a proxy every client seems to be on this machine.
PROXIED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
PAGES: Final = {
    "hits": "Pages from memory.",
    "misses": "Pages that were made, and kept if that was possible.",
    "bypasses": "Requests that are never answered from memory.",
    "refused": "Pages that were out of date before they could be kept.",
    "dropped": "Kept pages that a change has made out of date.",
}


def init_app(app: Flask) -> None:
    """Count requests and statements."""
    web.init_app(app)
    statements = web.of(app).statements
    observe_connections(app, web.of(app).connections.inc, web.of(app).connections.dec)
    delivery.observe(app, web.of(app).mail_is_away.set)
    observe(
        app, lambda seconds, _statement: statements.observe(seconds), slow_ms=app.config["SLOW_STATEMENT_MS"]
    )


@bp.get("/metrics")
@public
@sessionless
@also_over_http
def show() -> Response:
    """All metrics in Prometheus's text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

    if not _may_read():
        raise NotAllowed(NOT_HERE)
    registry = CollectorRegistry()
    if web.is_shared():
        web.forget_ended()
        multiprocess.MultiProcessCollector(registry)
        text = generate_latest(registry)
    else:
        text = generate_latest(web.of(current_app).registry)
    ours = CollectorRegistry()
    ours.register(_SharedGauges())
    response = Response(text + generate_latest(ours), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_read() -> bool:
    token = current_app.config["METRICS_TOKEN"].get_secret_value()
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and kind.lower() == "bearer" and secrets.compare_digest(given.encode(), token.encode()):
        return True
    if any(name in request.headers for name in PROXIED):
        return False
    address = parsed(request.remote_addr)
    return address is not None and address.is_loopback


class _SharedGauges:
    """Gauges over all processes, collected at each scrape."""

    def collect(self) -> Iterator["Metric"]:
        """Collect the page cache counters, disk space, and figures from the database."""
        yield from _pages()
        yield from site_status.disks()
        yield from site_status.database()


def _pages() -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    home = Path(current_app.config["MASTHEAD_HOME"])
    processes = [counts for process, counts in counters.of_processes(home) if _is_of_this_server(process)]
    total = Counts(*map(sum, zip(*processes, strict=True))) if processes else Counts()
    for name, meaning in PAGES.items():
        yield CounterMetricFamily(f"masthead_page_cache_{name}", meaning, value=getattr(total, name))
    yield GaugeMetricFamily("masthead_page_cache_pages", "Pages in memory.", value=total.pages)
    yield GaugeMetricFamily("masthead_page_cache_bytes", "Memory that they take.", value=total.bytes)
    yield GaugeMetricFamily(
        "masthead_page_cache_limit_bytes", "The most that they may take.", value=total.limit_bytes
    )


def _is_of_this_server(process: int) -> bool:
    """Tell if a process has the parent of this one: several servers may share one home."""
    parent = web.parent_of(process)
    return process == os.getpid() or parent in {None, os.getppid()}
