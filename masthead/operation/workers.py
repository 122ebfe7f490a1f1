"""``masthead worker`` and ``masthead beat``: background jobs in separate processes, with a broker between."""

import signal
from types import FrameType

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info

from masthead import clock
from masthead.web.commands import Command

#: Concurrent jobs of one worker.
THREADS = 4
NO_BROKER = (
    "There is no broker. Set CELERY_BROKER_URL, for example redis://localhost:6379/0, for every process of the site; "
    "without one `masthead serve` runs the jobs itself."
)


@click.command("worker", cls=Command)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=THREADS,
    show_default=True,
    help="Jobs that run at the same time.",
)
@pass_script_info
def worker(info: ScriptInfo, threads: int) -> None:
    """Run background jobs from the broker until a signal comes. Any number of workers may run."""
    from masthead.jobs import celery_bridge as bridge

    app = _app_with_broker(info)
    celery = bridge.worker_of(app)
    bridge.rescue(app)
    # Threads, not processes: jobs wait for the database and the mail server, and a fork would copy connections.
    options = ["--pool=threads", f"--concurrency={threads}", "--without-gossip", "--without-mingle"]
    celery.worker_main(["--quiet", "worker", *options, "--loglevel=WARNING"])


@click.command("beat", cls=Command)
@pass_script_info
def beat(info: ScriptInfo) -> None:
    """Enqueue periodic jobs and wake the workers until a signal comes. A second one does no harm."""
    from masthead.jobs import celery_bridge as bridge

    running = bridge.Beat(_app_with_broker(info))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        running.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    running.run()


def _app_with_broker(info: ScriptInfo) -> Flask:
    app = info.load_app()
    if not app.config["CELERY_BROKER_URL"]:
        raise click.ClickException(NO_BROKER)
    clock.ignore_leaps()
    return app
