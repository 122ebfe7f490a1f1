"""The production server, and the set-up link of a site without accounts."""

import gc
import multiprocessing.process
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from werkzeug.utils import import_string

from masthead import config as configuration
from masthead import secret_files
from masthead.db import db
from masthead.operation import lifelines, listening, supervisor
from masthead.operation.jobs import JobsProcess
from masthead.operation.port_release import PortReleaser
from masthead.operation.schema import present_schema
from masthead.site.setup_views import issue_token
from masthead.web.commands import Command
from masthead.web.middleware import body_slots, load_shedding
from masthead.web.telemetry import metrics

#: Spare threads for cache hits and refusals, which take microseconds and must never wait.
QUICK_THREADS = 20
#: Maximum number of requests in progress of one process; threads start on demand.
THREADS = (
    load_shedding.PLACES + load_shedding.WAITING + body_slots.PLACES + body_slots.WAITING + QUICK_THREADS
)
#: Seconds that a client has to send its headers; slow connections are closed.
HEADER_SECONDS = 15
#: Seconds that running requests get at shutdown.
GRACE_SECONDS = 15
#: WSGI entry point of server processes; see `masthead.wsgi`.
TARGET = "masthead.wsgi:app"


@click.command("serve", cls=Command)
@click.option("--host", help="Address to listen on; default HOST.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on; default PORT.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes; default WORKERS.")
@click.option(
    "--server",
    type=click.Choice(["granian", "gunicorn"]),
    default="granian",
    show_default=True,
    help="Which server.",
)
def serve(host: str | None, port: int | None, workers: int | None, server: str) -> None:
    """Serve the site, and run its background jobs in a process beside the server."""
    settings = _settings(host, port, workers)
    listener = os.environ.get(supervisor.LISTENER)
    if listener is None:
        tighten(settings.MASTHEAD_HOME)
        supervisor.become(
            listening.inherited() or listening.opened(settings.HOST, settings.PORT),
            ["serve", "--server", server],
            settings.WORKER_TIMEOUT_SECONDS,
        )
    lifelines.end_with_parent(os.getppid())
    _answer(settings, server, int(listener))


def _answer(settings: configuration.Config, server: str, listener: int) -> None:
    """Serve on a port that the supervisor holds."""
    watchdog = lifelines.Watchdog(
        settings.WORKER_TIMEOUT_SECONDS,
        say=_say_that_it_lives,
        in_child=PortReleaser(listener) if server == "granian" else int,
    )
    companion: JobsProcess | None = None
    parent = os.getpid()
    try:
        metrics.begin(settings.MASTHEAD_HOME)
        app = application()
        with app.app_context():
            _prepare(settings)
        share_memory()
        # With a broker, `masthead worker` and `masthead beat` run the jobs.
        if not settings.CELERY_BROKER_URL:
            companion = JobsProcess(app, descriptors=(listener,))
        watchdog.start()
        SERVERS[server](listener, settings.WORKERS)
    finally:
        # gunicorn's workers are forks that return to this point when they end.
        if os.getpid() == parent:
            if companion is not None:
                companion.end()
            metrics.end()


def _say_that_it_lives() -> None:
    """Send a heartbeat to the supervisor; the first one reports that this server is ready."""
    try:
        os.write(int(os.environ[supervisor.LIFELINE]), b".")
    except BlockingIOError:
        return
    except BrokenPipeError:
        os.kill(os.getpid(), signal.SIGTERM)


def tighten(home: Path) -> None:
    """Restrict the home and its pictures to their owner, and report it if they were open."""
    for folder in (home, home / "media"):
        if secret_files.is_open_to_others(folder):
            try:
                folder.chmod(0o700)
            except OSError:
                click.echo(
                    f"Other accounts of this machine can use {folder}. Run: chmod 700 {folder}", err=True
                )
            else:
                click.echo(
                    f"Other accounts of this machine could use {folder}. It is for this one alone now."
                )


def _settings(host: str | None, port: int | None, workers: int | None) -> configuration.Config:
    """Return the configuration with the options applied, also in the environment of server processes."""
    for name, given in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if given is not None:
            os.environ[f"FLASK_{name}"] = str(given)
    try:
        return configuration.load()
    except configuration.ConfigurationError as error:
        raise click.ClickException(str(error)) from None


def application() -> Flask:
    """Return the application that this process loaded before it forked server processes."""
    app: Flask = import_string(TARGET)
    return app


def share_memory() -> None:
    """Exempt loaded objects from garbage collection, whose marks would make each fork copy their memory."""
    gc.collect()
    gc.freeze()


def _prepare(settings: configuration.Config) -> None:
    """Check the tables, and print the site's URL."""
    problem = present_schema().problem
    if problem is not None:
        raise click.ClickException(problem)
    token = issue_token()
    db.session.commit()
    place = f"{settings.HOST}, port {settings.PORT}"
    click.echo(f"{settings.SITE_URL}/ is served on {place}. Press Ctrl+C to stop.")
    if token is not None:
        click.echo("Nobody has an account yet. Open this link to set your publication up; it works once:")
        click.echo(f"{settings.SITE_URL}/setup?token={token}")
    # Server processes open their own connections.
    db.session.remove()
    db.engine.dispose()


def _serve_with_granian(listener: int, workers: int) -> None:
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    from masthead.operation.granian_server import SharedPortServer

    SharedPortServer(
        target=TARGET,
        listener=listener,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1_000),
        log_enabled=True,
        # Its only start warning concerns the number of threads, most of which wait for the database.
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
    ).serve()


def _serve_with_gunicorn(listener: int, workers: int) -> None:
    from gunicorn.app.wsgiapp import run

    settings = {
        "bind": f"fd://{listener}",
        "workers": workers,
        "worker-class": "gthread",
        "threads": THREADS,
        "timeout": 2 * GRACE_SECONDS,
        "graceful-timeout": GRACE_SECONDS,
        "log-level": "warning",
        # gunicorn would accept SCRIPT_NAME and the scheme from headers of local clients; `masthead.web.proxies` applies
        # TRUSTED_PROXIES.
        "forwarded-allow-ips": "",
        "forwarder-headers": "",
        "limit-request-line": 8_190,
    }
    # Since version 25 gunicorn opens a control socket in the home folder, which nothing here uses.
    options = ["--no-control-socket", *(f"--{name}={value}" for name, value in settings.items())]
    sys.argv = ["gunicorn", *options, TARGET]
    os.register_at_fork(after_in_child=_forget_children)
    run()


def _forget_children() -> None:
    """Make an ending fork wait for no child of its parent.

    multiprocessing does so in its own forks; gunicorn makes others, which failed at exit because of the job runner.
    """
    children: set[multiprocessing.process.BaseProcess] = vars(multiprocessing.process)["_children"]
    children.clear()


SERVERS: dict[str, Callable[[int, int], None]] = {
    "granian": _serve_with_granian,
    "gunicorn": _serve_with_gunicorn,
}
