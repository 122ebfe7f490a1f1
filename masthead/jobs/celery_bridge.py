"""Celery between the outbox and its workers, where ``CELERY_BROKER_URL`` names a broker.

The row in our database is the truth, and the broker only wakes workers: a message carries the number of a job and may
be lost, late or repeated. What no message was heard of is found by the beat, which looks at the rows.
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
from masthead.jobs.wakeup import Alarm

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger(__name__)

RUN = "masthead.run_job"
QUEUE = "masthead"
EXTENSION = "masthead.jobs.messenger"
#: What a broker that does not answer costs the thread that sends, which is nobody's request.
TIMEOUT_SECONDS = 1.0
BEAT_SECONDS = 1.0
#: After this time without anybody taking it, a job's number is sent again.
RESEND_SECONDS = 30.0
#: After this time a worker takes a job that nobody has named to it; how often it looks.
PATIENCE = timedelta(seconds=20)
RESCUE_SECONDS = 5.0
#: Numbers sent at once.
BATCH = 500


def celery_for(url: str, *, is_sending: bool = False) -> "Celery":
    """A Celery application for the broker. One that sends gives up quickly; one that works comes back until it works."""
    # It takes a third of a second to import, and most sites have no broker.
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
        # A message is worth nothing beside its row, so it is taken off the queue when it is read.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app


class Messenger:
    """Sends the numbers of jobs. It never raises, and waits for a broker that is away no longer than once in a while."""

    def __init__(self, url: str) -> None:
        from kombu.exceptions import OperationalError

        self._celery = celery_for(url, is_sending=True)
        self.circuit = Circuit("broker", OperationalError, OSError)

    def send(self, job_ids: Iterable[int]) -> bool:
        """Whether all of them were handed over."""
        leave_transaction("the broker")
        return all(self.circuit.call(partial(self._send, job_id), lambda: False) for job_id in job_ids)

    def _send(self, job_id: int) -> bool:
        self._celery.send_task(RUN, args=[job_id], queue=QUEUE, retry=False)
        return True


class OnHit:
    """Sends what a process has queued, from a thread: who commits a change does not wait for the broker."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted = threading.Condition()
        self._job_ids: list[int] = []
        self._thread_of: int | None = None

    def tell(self, job_ids: list[int]) -> None:
        """Have them sent. If this process dies before, the beat finds them."""
        with self._wanted:
            self._job_ids += job_ids
            if self._thread_of != os.getpid():
                self._thread_of = os.getpid()
                threading.Thread(target=self._keep_sending, daemon=True, name="on_hit").start()
            self._wanted.notify()

    def _keep_sending(self) -> None:
        messenger = Messenger(self._url)
        while True:
            with self._wanted:
                while not self._job_ids:
                    self._wanted.wait()
                job_ids, self._job_ids = self._job_ids, []
            messenger.send(job_ids)


def init_app(app: Flask) -> None:
    """Tell the broker of jobs, if there is one."""
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
    """Queues what is due by the clock, and sends the numbers of jobs that wait. Any number of them may run."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.messenger = Messenger(app.config["CELERY_BROKER_URL"])
        self._is_stopping = False
        self._alarm = Alarm()
        self._known_ticks: dict[str, int] = {}
        self._sent: dict[int, float] = {}

    def stop(self) -> None:
        """Let `run` return. A signal handler may call this."""
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
        """Send the numbers of due jobs that were not sent lately; how many those are."""
        now = time.monotonic()
        due = leases.due_ids(BATCH)
        self._sent = {job_id: at for job_id, at in self._sent.items() if job_id in set(due)}
        wanted = [job_id for job_id in due if now - self._sent.get(job_id, -RESEND_SECONDS) >= RESEND_SECONDS]
        if wanted and self.messenger.send(wanted):
            self._sent |= dict.fromkeys(wanted, now)
        return len(wanted)


class _Runners:
    """The runner of each process: a worker may fork."""

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
    """Run, from a thread of a worker, what the broker has forgotten, or cannot tell while it is away."""
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
    """The Celery application whose workers run the jobs of this site."""
    from celery import signals

    celery = celery_for(app.config["CELERY_BROKER_URL"])
    runners = _Runners(app)

    @celery.task(name=RUN)
    def run(job_id: int) -> None:
        try:
            runners.mine().run_one(job_id)
        except SQLAlchemyError as error:
            # The row is as it was, so the beat sends its number again.
            log.warning("a job could not be taken", job=job_id, error=str(error))

    @signals.worker_process_init.connect(weak=False)
    def open_own_connections(**_: Any) -> None:
        with app.app_context():
            db.engine.dispose(close=False)

    return celery
