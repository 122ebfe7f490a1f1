"""Celery as the transport between outbox and workers, if ``CELERY_BROKER_URL`` names a broker.

The row in the database is authoritative, and the broker only wakes workers: a message carries the id of a job and may
be lost, late or repeated. The beat scans the rows for jobs whose message was lost.
"""

import os
import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from masthead.circuit_breaker import Circuit
from masthead.db import db, leave_transaction
from masthead.jobs import leases, outbox, schedule
from masthead.jobs.runner import PAUSE_SECONDS, SCHEDULE_SECONDS, Runner
from masthead.jobs.wakeup import WakeEvent

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger(__name__)

RUN = "masthead.run_job"
QUEUE = "masthead"
EXTENSION = "masthead.jobs.messenger"
#: Time-out in seconds of a broker that does not answer; only a background thread waits for it.
TIMEOUT_SECONDS = 1.0
BEAT_SECONDS = 1.0
#: Seconds after which the id of an untaken job is sent again.
RESEND_SECONDS = 30.0
#: Seconds after which a worker takes a job without a message, and seconds between its scans.
PATIENCE = timedelta(seconds=20)
RESCUE_SECONDS = 5.0
#: Maximum number of ids in one batch.
BATCH = 500


def celery_for(url: str, *, is_sending: bool = False) -> "Celery":
    """Make a Celery application for the broker. A sender gives up quickly; a worker reconnects for ever."""
    # Imported here: it takes a third of a second, and most sites have no broker.
    from celery import Celery

    app = Celery("masthead", broker=url, set_as_current=False)
    limits = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS, "max_retries": 0}
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=QUEUE,
        task_publish_retry=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=limits if is_sending else {},
        # Messages are acknowledged on receipt: the row is what counts.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app


class JobSender:
    """Sends job ids. Never raises, and waits for a broker that is down only once in a while."""

    def __init__(self, url: str) -> None:
        from kombu.exceptions import OperationalError

        self._celery = celery_for(url, is_sending=True)
        self.circuit = Circuit("broker", OperationalError, OSError)

    def send(self, job_ids: Iterable[int]) -> bool:
        """Send the ids; returns True if all were accepted."""
        leave_transaction("the broker")
        return all(self.circuit.call(partial(self._send, job_id), lambda: False) for job_id in job_ids)

    def _send(self, job_id: int) -> bool:
        self._celery.send_task(RUN, args=[job_id], queue=QUEUE, retry=False)
        return True


class OnHit:
    """Sends the queued ids of a process from a thread: commits do not wait for the broker."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted = threading.Condition()
        self._job_ids: list[int] = []
        self._thread_of: int | None = None

    def tell(self, job_ids: list[int]) -> None:
        """Queue ids for sending. If this process dies first, the beat finds the jobs."""
        with self._wanted:
            self._job_ids += job_ids
            if self._thread_of != os.getpid():
                self._thread_of = os.getpid()
                threading.Thread(target=self._keep_sending, daemon=True, name="on_hit").start()
            self._wanted.notify()

    def _keep_sending(self) -> None:
        messenger = JobSender(self._url)
        while True:
            with self._wanted:
                while not self._job_ids:
                    self._wanted.wait()
                job_ids, self._job_ids = self._job_ids, []
            messenger.send(job_ids)


def init_app(app: Flask) -> None:
    """Connect the outbox to the broker, if there is one."""
    url = app.config["CELERY_BROKER_URL"]
    app.extensions[EXTENSION] = OnHit(url) if url else None


def _tell(session: Session) -> None:
    if session.in_nested_transaction():
        return
    job_ids = outbox.queued_in(session)
    on_hit: OnHit | None = current_app.extensions.get(EXTENSION) if has_app_context() else None
    if job_ids and on_hit is not None:
        on_hit.tell(job_ids)


def _forget(session: Session, _previous: object) -> None:
    outbox.queued_in(session)


event.listen(db.session, "after_commit", _tell)
event.listen(db.session, "after_soft_rollback", _forget)


class Beat:
    """Enqueues periodic tasks and sends the ids of waiting jobs. Several instances do no harm."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.messenger = JobSender(app.config["CELERY_BROKER_URL"])
        self._is_stopping = False
        self._alarm = WakeEvent()
        self._known_ticks: dict[str, int] = {}
        self._sent: dict[int, float] = {}

    def stop(self) -> None:
        """Make `run` return. Safe in a signal handler."""
        self._is_stopping = True
        self._alarm.ring()

    def run(self) -> None:
        """Work until `stop` is called."""
        next_tick = time.monotonic()
        while not self._is_stopping:
            try:
                with self.app.app_context():
                    if time.monotonic() >= next_tick:
                        schedule.tick(self._known_ticks)
                        next_tick = time.monotonic() + SCHEDULE_SECONDS
                    self.send_due()
            except SQLAlchemyError as error:
                log.warning("jobs cannot be read", error=str(error))
                self._alarm.sleep(PAUSE_SECONDS)
            else:
                self._alarm.sleep(BEAT_SECONDS)

    def send_due(self) -> int:
        """Send the ids of due jobs that were not sent lately; returns their number."""
        now = time.monotonic()
        due = leases.due_ids(BATCH)
        self._sent = {job_id: at for job_id, at in self._sent.items() if job_id in set(due)}
        wanted = [job_id for job_id in due if now - self._sent.get(job_id, -RESEND_SECONDS) >= RESEND_SECONDS]
        if wanted and self.messenger.send(wanted):
            self._sent |= dict.fromkeys(wanted, now)
        return len(wanted)


class _Runners:
    """One runner for each process: a worker may fork."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._made: dict[int, Runner] = {}

    def mine(self) -> Runner:
        with self._lock:
            if os.getpid() not in self._made:
                self._made = {os.getpid(): Runner(self._app)}
                self._made[os.getpid()].keep_leases()
            return self._made[os.getpid()]


def rescue(app: Flask) -> None:
    """Run, in a thread of a worker, due jobs that got no message or while the broker is down."""
    runner = Runner(app)
    runner.keep_leases()

    def keep_looking() -> None:
        while True:
            time.sleep(RESCUE_SECONDS)
            try:
                runner.run_forgotten(PATIENCE)
            except SQLAlchemyError as error:
                log.warning("jobs cannot be read", error=str(error))

    threading.Thread(target=keep_looking, daemon=True, name="rescue").start()


def worker_of(app: Flask) -> "Celery":
    """Make the Celery application whose workers run the jobs of this site."""
    from celery import signals

    celery = celery_for(app.config["CELERY_BROKER_URL"])
    runners = _Runners(app)

    @celery.task(name=RUN)
    def run(job_id: int) -> None:
        try:
            runners.mine().run_one(job_id)
        except SQLAlchemyError as error:
            # The row is unchanged, so the beat sends its id again.
            log.warning("a job could not be taken", job=job_id, error=str(error))

    @signals.worker_process_init.connect(weak=False)
    def open_own_connections(**_: Any) -> None:
        with app.app_context():
            db.engine.dispose(close=False)

    return celery
