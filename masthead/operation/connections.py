"""Checks of connected servers: PostgreSQL, Redis, the broker and its workers, the mail server."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from masthead import clock
from masthead.db import db, leave_transaction
from masthead.jobs import celery_bridge
from masthead.jobs.models import Job, JobState
from masthead.mail import transports
from masthead.operation.findings import Finding, Level

PROBE_SECONDS = 1.0
#: The oldest PostgreSQL version that the test suite has run on.
OLDEST_POSTGRESQL = 150_000
#: Connections that PostgreSQL reserves for superusers, and some for other clients.
SPARE_CONNECTIONS = 10
#: Age of an untaken job beyond which no runner seems to exist.
PATIENCE = timedelta(minutes=5)
#: Anybody can register with an address whose server refuses everything, so such a job is not the site's fault.
REFUSED = Job.last_error.startswith(f"{transports.MessageRefused.__name__}:")


def answers(url: str) -> str | None:
    """Return the reason why a Redis does not answer; None if it does."""
    leave_transaction("Redis")
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
    from redis.retry import Retry

    options = {"socket_timeout": PROBE_SECONDS, "socket_connect_timeout": PROBE_SECONDS}
    try:
        with Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options) as server:
            server.ping()
    except (RedisError, OSError) as error:
        return str(error) or type(error).__name__
    return None


def postgresql() -> Iterator[Finding]:
    """Check the version and the number of available connections."""
    settings = current_app.config
    if db.engine.dialect.name != "postgresql":
        return
    try:
        version = int(db.session.scalar(text("SHOW server_version_num")) or 0)
        most = int(db.session.scalar(text("SHOW max_connections")) or 0)
    except SQLAlchemyError:
        # The database check reports this failure.
        return
    finally:
        db.session.rollback()
    if version < OLDEST_POSTGRESQL:
        sentence = "PostgreSQL is older than 15. Upgrade it: Masthead is tried on 15 and newer."
        yield Finding(Level.ERROR, "postgresql", sentence)
    # The jobs' process and the page cache's listener need connections, too.
    needed = (settings["WORKERS"] + 1) * (2 * settings["DATABASE_CONNECTIONS"] + 1) + SPARE_CONNECTIONS
    if needed > most:
        sentence = (
            f"PostgreSQL allows {most} connections, and {settings['WORKERS']} server processes may need {needed}. Raise "
            "max_connections there, or lower DATABASE_CONNECTIONS or WORKERS here."
        )
        yield Finding(Level.WARNING, "postgresql", sentence)


def redis() -> Iterator[Finding]:
    """Check the server of shared rate limits."""
    url = current_app.config["REDIS_URL"]
    if not url:
        yield Finding(Level.OK, "limits", "They are counted on this machine.")
        return
    problem = answers(url)
    if problem is None:
        yield Finding(Level.OK, "limits", f"They are counted together, in Redis on {_host(url)}.")
        return
    sentence = (
        f"Redis on {_host(url)} does not answer ({problem}), so each machine counts the limits for itself. Start it, or "
        "correct REDIS_URL."
    )
    yield Finding(Level.ERROR, "limits", sentence)


def broker() -> Iterator[Finding]:
    """Check that jobs reach a worker."""
    url = current_app.config["CELERY_BROKER_URL"]
    if not url:
        yield Finding(Level.OK, "broker", "None is set: `masthead serve` runs the jobs itself.")
        return
    problem = answers(url)
    if problem is not None:
        sentence = (
            f"The broker on {_host(url)} does not answer ({problem}). Jobs wait in the database meanwhile. Start it, or "
            "correct CELERY_BROKER_URL."
        )
        yield Finding(Level.ERROR, "broker", sentence)
        return
    yield Finding(Level.OK, "broker", f"The broker on {_host(url)} answers.")
    workers = celery_bridge.celery_for(url, is_sending=True).control.ping(timeout=PROBE_SECONDS)
    if workers:
        yield Finding(Level.OK, "workers", f"{len(workers)} answer.")
    else:
        sentence = "No worker answers. Start one with: masthead worker. And for what is due by the clock: masthead beat."
        yield Finding(Level.WARNING, "workers", sentence)


def jobs() -> Iterator[Finding]:
    """Report failed jobs, and jobs that no runner takes."""
    overdue = (Job.state == JobState.QUEUED) & (Job.run_at < clock.now() - PATIENCE)
    count = select(func.count()).select_from(Job)
    try:
        failed = db.session.scalar(count.where(Job.state == JobState.DEAD, ~REFUSED)) or 0
        refused = db.session.scalar(count.where(Job.state == JobState.DEAD, REFUSED)) or 0
        waiting = db.session.scalar(count.where(overdue)) or 0
    except SQLAlchemyError:
        return
    finally:
        db.session.rollback()
    if waiting:
        sentence = (
            f"{waiting} should have run minutes ago, and nobody has taken them. Start the site with `masthead serve`, or with "
            "a broker: masthead worker and masthead beat."
        )
        yield Finding(Level.ERROR, "jobs", sentence)
    if failed:
        sentence = f"{failed} have failed for good. See why: masthead jobs list --state dead. Then: masthead jobs retry ID, or masthead jobs retry --all."
        yield Finding(Level.ERROR, "jobs", sentence)
    if refused:
        sentence = (
            f"{refused} emails were refused for good by the server of their recipient. See why: masthead jobs list --state dead. They are "
            "forgotten after 90 days."
        )
        yield Finding(Level.WARNING, "jobs", sentence)
    if not waiting and not failed and not refused:
        yield Finding(Level.OK, "jobs", "None has failed, and none is overdue.")


def mail() -> Iterator[Finding]:
    """Check that email can be delivered, without sending any."""
    transport = transports.from_url(current_app.config["MAIL_URL"])
    if transport is None:
        sentence = "None is sent. Links to confirm and to reset are shown to administrators; set MAIL_URL to send them."
        yield Finding(Level.OK, "mail", sentence)
        return
    try:
        yield Finding(Level.OK, "mail", transport.try_out())
    except transports.FAILURES as error:
        sentence = f"No email can be sent ({' '.join(str(error).split())[:200]}). Look at MAIL_URL, then: masthead mail test ADDRESS"
        yield Finding(Level.ERROR, "mail", sentence)


def _host(url: str) -> str:
    """Return host and port, without the password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"
