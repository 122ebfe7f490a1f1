"""``/metrics`` for Prometheus: requests, statements, the page cache, background jobs and letters."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy import func, select

from masthead import clock
from masthead.config import Config
from masthead.db import db, observe
from masthead.errors import NotAllowed
from masthead.jobs.models import Job, State
from masthead.pagecache import counters
from masthead.pagecache.counters import Counts
from masthead.text.addresses import parsed
from masthead.web.access import public
from masthead.web.middleware.security_headers import also_over_http
from masthead.web.middleware.sessionless import stateless
from masthead.web.telemetry import metrics as web

if TYPE_CHECKING:
    from prometheus_client import Metric

bp = Blueprint("metrics", __name__)

NOT_HERE = "Metrics are for programs on this machine, or for those that send METRICS_TOKEN as a bearer token."
#: What a proxy adds. Behind one, everybody seems to be on this machine.
PROXIED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
PAGES: Final = {
    "hits": "Pages from memory.",
    "misses": "Pages that were made, and kept if that was possible.",
    "bypasses": "Requests that are never answered from memory.",
    "refused": "Pages that were out of date before they could be kept.",
    "dropped": "Kept pages that a change has made out of date.",
}


def init_app(app: Flask, config: Config) -> None:
    """Count requests and statements."""
    web.init_app(app)
    statements = web.of(app).statements
    observe(app, lambda seconds, _statement: statements.observe(seconds), slow_ms=config.SLOW_STATEMENT_MS)


@bp.get("/metrics")
@public
@stateless
@also_over_http
def show() -> Response:
    """Everything that is counted, in Prometheus's text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

    if not _may_read():
        raise NotAllowed(NOT_HERE)
    registry = CollectorRegistry()
    if web.is_shared():
        multiprocess.MultiProcessCollector(registry)
        text = generate_latest(registry)
    else:
        text = generate_latest(web.of(current_app).registry)
    ours = CollectorRegistry()
    ours.register(_Standing())
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


class _Standing:
    """How things stand at this moment, over all processes."""

    def collect(self) -> Iterator["Metric"]:
        """The page cache from its processes' files, jobs from the database."""
        yield from _pages()
        yield from _jobs()


def _pages() -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    home = Path(current_app.config["MASTHEAD_HOME"])
    processes = [counts for _, counts in counters.of_processes(home)]
    total = Counts(*map(sum, zip(*processes, strict=True))) if processes else Counts()
    for name, meaning in PAGES.items():
        yield CounterMetricFamily(f"masthead_page_cache_{name}", meaning, value=getattr(total, name))
    yield GaugeMetricFamily("masthead_page_cache_pages", "Pages in memory.", value=total.pages)
    yield GaugeMetricFamily("masthead_page_cache_bytes", "Memory that they take.", value=total.bytes)
    yield GaugeMetricFamily(
        "masthead_page_cache_limit_bytes", "The most that they may take.", value=total.limit_bytes
    )


def _jobs() -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    jobs = GaugeMetricFamily(
        "masthead_jobs", "Background jobs, emails among them, by task and state.", labels=["task", "state"]
    )
    rows = db.session.execute(select(Job.name, Job.state, func.count()).group_by(Job.name, Job.state))
    for name, state, count in rows:
        jobs.add_metric([name, state], count)
    yield jobs
    oldest = db.session.scalar(
        select(func.min(Job.run_at)).where(Job.state == State.QUEUED, Job.run_at <= clock.now())
    )
    waiting = (clock.now() - oldest).total_seconds() if oldest is not None else 0.0
    yield GaugeMetricFamily(
        "masthead_jobs_waiting_seconds", "How long the oldest job that is due has waited.", value=waiting
    )
