"""``masthead jobs …``, and the runner process beside the server."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info, with_appcontext
from rich.console import Console
from rich.table import Table

from masthead import clock
from masthead.db import GREATEST_ID, db, limit_statements
from masthead.jobs import outbox, registry
from masthead.jobs.models import JobState
from masthead.jobs.runner import Runner
from masthead.web.commands import Group

group = Group("jobs", help="See, retry and cancel background jobs.")

LISTED_JOBS = 50
PARENT_CHECK_SECONDS = 1.0
RESPAWN_SECONDS = 2.0


@group.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in JobState]), help="Only jobs in this state."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=LISTED_JOBS, show_default=True)
@with_appcontext
def list_jobs(state: str | None, limit: int) -> None:
    """List jobs, the newest first."""
    table = Table("Id", "Task", "State", "Attempts", "Runs at (UTC)", "Message", box=None, pad_edge=False)
    for job in db.session.scalars(outbox.listed(state).limit(limit)):
        when = f"{job.run_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(
            str(job.id),
            job.name,
            job.state,
            str(job.attempts),
            when,
            (job.last_error or job.result).split("\n")[0],
        )
    Console().print(table)


@group.command("retry")
@click.argument("job_id", required=False, type=click.IntRange(1, GREATEST_ID))
@click.option("--all", "is_all", is_flag=True, help="Retry every dead job instead of one.")
@click.option(
    "--task", "name", metavar="NAME", help="With --all: only jobs of this task, as `jobs list` shows it."
)
@with_appcontext
def retry(job_id: int | None, is_all: bool, name: str | None) -> None:
    """Restart the dead or cancelled job JOB_ID, or with --all every dead one."""
    if is_all == (job_id is not None):
        raise click.UsageError("Name one job, or say --all.")
    if name is not None and not is_all:
        raise click.UsageError("--task goes with --all.")
    if name is not None and registry.find(name) is None:
        raise click.UsageError(f"There is no task called {name}.")
    if job_id is not None:
        outbox.retry(job_id)
        said = f"Job {job_id} queued."
    else:
        count = outbox.retry_dead(task=name)
        said = f"{count} {'job' if count == 1 else 'jobs'} queued."
    db.session.commit()
    click.echo(said)


@group.command("cancel")
@click.argument("job_id", type=click.IntRange(1, GREATEST_ID))
@with_appcontext
def cancel(job_id: int) -> None:
    """Cancel the waiting job JOB_ID."""
    outbox.cancel(job_id)
    db.session.commit()
    click.echo(f"Job {job_id} is cancelled.")


@group.command("run")
@click.option("--once", is_flag=True, help="Run what is due now, and end.")
@pass_script_info
def run(info: ScriptInfo, once: bool) -> None:
    """Run jobs in the foreground; `masthead serve` does this by itself."""
    app = info.load_app()
    if once:
        click.echo(f"{Runner(app).run_due()} jobs were run.")
        return
    clock.ignore_leaps()
    work(app)


def work(app: Flask, *, parent: int | None = None, descriptors: Sequence[int] = ()) -> None:
    """Run jobs until a signal or the end of the process ``parent``; closes ``descriptors``, which are the server's."""
    for descriptor in descriptors:
        os.close(descriptor)
    # The server that forks this process has set a statement time-out for requests.
    limit_statements(app, 0)
    runner = Runner(app)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        runner.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if parent is not None:
        threading.Thread(target=_stop_without, args=(parent, runner), daemon=True).start()
    runner.run()


def _stop_without(parent: int, runner: Runner) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    runner.stop()


class JobsProcess:
    """A runner process beside the server, restarted when it dies."""

    def __init__(self, app: Flask, *, descriptors: Sequence[int] = ()) -> None:
        self._app = app
        self._descriptors = descriptors
        # A fork shares the memory of loaded modules.
        self._context = multiprocessing.get_context("fork")
        self._ending = threading.Event()
        self._process = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> "multiprocessing.context.ForkProcess":
        process = self._context.Process(
            target=work,
            args=(self._app,),
            kwargs={"parent": os.getpid(), "descriptors": self._descriptors},
            name="masthead-jobs",
        )
        process.start()
        return process

    def _watch(self) -> None:
        while not self._ending.is_set():
            self._process.join()
            if not self._ending.wait(RESPAWN_SECONDS):
                self._process = self._start()

    def end(self) -> None:
        """Let it finish its jobs, and wait for that."""
        self._ending.set()
        self._process.terminate()
        self._process.join()
