"""The local runner: leases due jobs and runs a few at a time until it is stopped.

No job is lost when the process ends: its lease expires, and the next runner takes it. So a job can run twice, which
its task must tolerate; it never runs twice at the same time while its runner is alive.
"""

import os
import platform
import secrets
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from masthead import clock
from masthead.db import db
from masthead.jobs import clock_guard, current_job, leases, registry, schedule, wakeup
from masthead.jobs.errors import NoRetry
from masthead.jobs.leases import LEASE, Lease
from masthead.jobs.wakeup import WakeEvent

log = structlog.get_logger(__name__)

#: Concurrent jobs of one runner.
THREADS = 2
#: Seconds between two polls: by default, and where PostgreSQL notifies of new jobs.
POLL_SECONDS = 0.5
LISTENING_POLL_SECONDS = 2.0
#: Seconds without polls after a database failure.
PAUSE_SECONDS = 5.0
SCHEDULE_SECONDS = 5.0
#: Forgotten jobs that are looked up in one batch.
FORGOTTEN_AT_ONCE = 20
#: Seconds for which a deleting job waits before the clock is checked again.
UNSTEADY_PAUSE = timedelta(minutes=5)
#: Seconds that running jobs get at shutdown; then their leases expire.
GRACE_SECONDS = 20.0


class Runner:
    """The runner of one process."""

    def __init__(self, app: Flask, *, threads: int = THREADS) -> None:
        self.app = app
        self.threads = threads
        self.owner = f"{platform.node()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        # The thread of `run` sleeps on the alarm alone; see `Alarm`.
        self._stopping = threading.Event()
        self._alarm = WakeEvent()
        self._running: set[Future[None]] = set()
        self._known_ticks: dict[str, int] = {}
        self._next_tick = self._next_renewal = time.monotonic()

    def stop(self) -> None:
        """Take no more jobs, and make `run` return when the running ones are done. Safe in a signal handler."""
        self._stopping.set()
        self._alarm.ring()

    def run(self) -> None:
        """Work until `stop` is called."""
        pool = ThreadPoolExecutor(max_workers=self.threads, thread_name_prefix="job")
        with self.app.app_context():
            listener = wakeup.Listener(db.engine, self._alarm)
        while not self._stopping.is_set():
            try:
                with self.app.app_context():
                    self._keep_time()
                    self._take_into(pool)
            except SQLAlchemyError as error:
                # The database is down or being migrated; retry later.
                log.warning("jobs cannot be read", error=str(error))
                self._alarm.sleep(PAUSE_SECONDS)
            else:
                self._alarm.sleep(LISTENING_POLL_SECONDS if listener.hears else POLL_SECONDS)
        listener.end()
        self._finish(pool)

    def _keep_time(self) -> None:
        """Enqueue periodic tasks, and renew the leases, each at its interval."""
        now = time.monotonic()
        if now >= self._next_tick:
            schedule.tick(self._known_ticks)
            self._next_tick = now + SCHEDULE_SECONDS
        if now >= self._next_renewal:
            self._renew()
            self._next_renewal = now + LEASE.total_seconds() / 3

    def _renew(self) -> None:
        if self._running:
            leases.renew(self.owner)

    def _take_into(self, pool: ThreadPoolExecutor) -> None:
        self._running = {future for future in self._running if not future.done()}
        free = self.threads - len(self._running)
        if free and leases.is_anything_due():
            for lease in leases.take(self.owner, free):
                future = pool.submit(self.work_on, lease)
                # A slot is free for the next job.
                future.add_done_callback(lambda _future: self._alarm.ring())
                self._running.add(future)

    def _finish(self, pool: ThreadPoolExecutor) -> None:
        """Wait for running jobs, with a time limit; their leases are renewed meanwhile."""
        deadline = time.monotonic() + GRACE_SECONDS
        while any(not future.done() for future in self._running) and time.monotonic() < deadline:
            time.sleep(0.05)
        pool.shutdown(wait=False, cancel_futures=True)

    def run_due(self, *, limit: int = 1_000) -> int:
        """Run due jobs in this thread, and return their number."""
        done = 0
        with self.app.app_context():
            while done < limit and (taken := leases.take(self.owner, 1)):
                self.work_on(taken[0])
                done += 1
        return done

    def run_one(self, job_id: int) -> bool:
        """Run this job in this thread if it is due and not leased; returns True if it ran."""
        with self.app.app_context():
            taken = leases.take(self.owner, 1, only=job_id)
            for lease in taken:
                self.work_on(lease)
        return bool(taken)

    def run_forgotten(self, patience: timedelta) -> int:
        """Run, in this thread, jobs that have been due for longer than ``patience`` without a lease."""
        with self.app.app_context():
            forgotten = leases.due_ids(FORGOTTEN_AT_ONCE, before=clock.now() - patience)
        return sum(self.run_one(job_id) for job_id in forgotten)

    def keep_leases(self) -> None:
        """Renew, from a thread, the leases of jobs that `run_one` runs."""

        def keep() -> None:
            while not self._stopping.wait(LEASE.total_seconds() / 3):
                try:
                    with self.app.app_context():
                        leases.renew(self.owner)
                except SQLAlchemyError as error:
                    log.warning("leases cannot be renewed", error=str(error))

        threading.Thread(target=keep, daemon=True, name="leases").start()

    def work_on(self, lease: Lease) -> None:
        """Run one job, and record the result."""
        task = registry.find(lease.name)
        with (
            self.app.app_context(),
            current_job.working_on(lease.job_id),
            structlog.contextvars.bound_contextvars(job=lease.job_id, task=lease.name),
        ):
            if task is None:
                leases.postpone(lease, f"There is no task called {lease.name!r} in this version.")
            elif task.deletes and not clock_guard.is_steady():
                leases.defer(lease, clock.now() + UNSTEADY_PAUSE, clock_guard.LEAPT)
            elif lease.attempt > task.attempts:
                leases.bury(lease, "Every attempt ended with the process that made it.")
            else:
                self._attempt(task, lease)

    def _attempt(self, task: registry.Task[...], lease: Lease) -> None:
        started = time.monotonic()
        try:
            with current_job.around(self.app, lease.job_id, lease.name):
                result = task(*lease.args)
        except Exception as error:
            # The runner must survive any error of a task.
            log.exception("job failed", attempt=lease.attempt)
            db.session.rollback()
            is_last = lease.attempt >= task.attempts or isinstance(error, NoRetry)
            settle = leases.bury if is_last else leases.postpone
            settle(lease, f"{type(error).__name__}: {error}")
        else:
            db.session.rollback()
            leases.complete(lease, result or "")
            log.info("job done", milliseconds=round((time.monotonic() - started) * 1_000, 1))
