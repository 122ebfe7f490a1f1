"""Gauges for ``/metrics``: disk space, the database, jobs, emails, the last backup."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from masthead import clock
from masthead.db import db, snapshot
from masthead.jobs import registry
from masthead.jobs.models import Job, JobState, Tick
from masthead.operation.backups import last_backup
from masthead.storage import store
from masthead.storage.store import FolderStore

if TYPE_CHECKING:
    from prometheus_client import Metric
    from sqlalchemy.orm import Session

log = structlog.get_logger(__name__)

#: Tasks that send email.
OF_MAIL: Final = or_(Job.name.like("%.tell\\_%", escape="\\"), Job.name == "accounts.send_link")


def disks() -> Iterator["Metric"]:
    """Report free space for the database and the pictures."""
    from prometheus_client.core import GaugeMetricFamily

    free = GaugeMetricFamily("masthead_disk_free_bytes", "Room that is left.", labels=["place"])
    size = GaugeMetricFamily("masthead_disk_size_bytes", "Room there is in all.", labels=["place"])
    for place, folder in _places().items():
        try:
            usage = shutil.disk_usage(folder)
        except OSError as error:
            log.warning("the room on a disk cannot be told", place=place, error=str(error))
            continue
        free.add_metric([place], usage.free)
        size.add_metric([place], usage.total)
    yield free
    yield size


def _places() -> dict[str, Path]:
    home = Path(current_app.config["MASTHEAD_HOME"])
    places = {"home": home}
    pictures = store.current()
    if isinstance(pictures, FolderStore):
        folder = Path(pictures.place)
        places["media"] = folder if folder.is_dir() else folder.parent
    if db.engine.dialect.name == "sqlite" and db.engine.url.database:
        places["database"] = Path(db.engine.url.database).parent
    return places


def database() -> Iterator["Metric"]:
    """Report figures from the database, or that it does not answer."""
    from prometheus_client.core import GaugeMetricFamily

    most = 2 * current_app.config["DATABASE_CONNECTIONS"] if db.engine.dialect.name != "sqlite" else 0
    if most:
        yield GaugeMetricFamily(
            "masthead_database_connections_limit", "Connections that each process may have.", value=most
        )
    yield from _backup()
    try:
        with snapshot() as session:
            metrics = [*_jobs(session), *_mail(session), *_periodic(session)]
    except (DBAPIError, NoConnection) as error:
        log.warning("metrics without the database", error=type(error.__cause__ or error).__name__)
        metrics = []
    yield GaugeMetricFamily("masthead_database_up", "Whether the database answers.", value=bool(metrics))
    yield from metrics


def _jobs(session: "Session") -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    jobs = GaugeMetricFamily(
        "masthead_jobs", "Background jobs, emails among them, by task and state.", labels=["task", "state"]
    )
    rows = session.execute(select(Job.name, Job.state, func.count()).group_by(Job.name, Job.state))
    for name, state, count in rows:
        jobs.add_metric([name, state], count)
    yield jobs
    oldest = session.scalar(
        select(func.min(Job.run_at)).where(Job.state == JobState.QUEUED, Job.run_at <= clock.now())
    )
    waiting = (clock.now() - oldest).total_seconds() if oldest is not None else 0.0
    yield GaugeMetricFamily(
        "masthead_jobs_waiting_seconds", "How long the oldest job that is due has waited.", value=waiting
    )


def _mail(session: "Session") -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    letters = GaugeMetricFamily(
        "masthead_mail", "Emails that are not sent, by what they wait for.", labels=["state"]
    )
    count = select(func.count()).select_from(Job).where(OF_MAIL)
    waiting = count.where(Job.state == JobState.QUEUED)
    letters.add_metric(["queued"], session.scalar(waiting.where(Job.attempts == 0)) or 0)
    letters.add_metric(["retried"], session.scalar(waiting.where(Job.attempts > 0)) or 0)
    letters.add_metric(["dead"], session.scalar(count.where(Job.state == JobState.DEAD)) or 0)
    yield letters


def _periodic(session: "Session") -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    runs = GaugeMetricFamily(
        "masthead_periodic_last_queued_timestamp_seconds",
        "The beginning of the period in which a periodic task was queued last.",
        labels=["task"],
    )
    periods = registry.periods()
    for name, slot in session.execute(select(Tick.name, Tick.slot)):
        if name in periods:
            runs.add_metric([name], slot * periods[name].total_seconds())
    yield runs


def _backup() -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    moment = last_backup.moment(Path(current_app.config["MASTHEAD_HOME"]))
    if moment is not None:
        yield GaugeMetricFamily(
            "masthead_last_backup_timestamp_seconds", "When the last backup was finished.", value=moment
        )
