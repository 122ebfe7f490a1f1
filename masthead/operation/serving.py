"""The production server, and the set-up link of a site that nobody has an account on."""

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
from masthead.operation.jobs import Companion
from masthead.operation.leaving_port import PortLeaver
from masthead.operation.schema import present_schema
from masthead.site.setup_views import issue_token
from masthead.web.commands import Command
from masthead.web.middleware import body_places, load_shedding
from masthead.web.telemetry import metrics

#: Answers from memory and refusals, which take microseconds, must find a thread whatever the others do.
QUICK_THREADS = 20
#: Requests that one process has in hand at most; a thread is started when it is needed.
THREADS = (
    load_shedding.PLACES + load_shedding.WAITING + body_places.PLACES + body_places.WAITING + QUICK_THREADS
)
#: A connection that has not sent its headers after this time is closed, so that slow clients cannot fill the server.
HEADER_SECONDS = 15
#: How long requests in hand may take when the server is told to stop.
GRACE_SECONDS = 15
#: What the server's processes serve; see `masthead.wsgi`.
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
    """Answer on a port that the supervisor holds."""
    watchdog = lifelines.Watchdog(
        settings.WORKER_TIMEOUT_SECONDS,
        say=_say_that_it_lives,
        in_child=PortLeaver(listener) if server == "granian" else int,
    )
    metrics.begin(settings.MASTHEAD_HOME)
    app = application()
    with app.app_context():
        _prepare(settings)
    share_memory()
    # With a broker, `masthead worker` and `masthead beat` do the jobs.
    companion = None if settings.CELERY_BROKER_URL else Companion(app, descriptors=(listener,))
    parent = os.getpid()
    try:
        watchdog.start()
        SERVERS[server](listener, settings.WORKERS)
    finally:
        # gunicorn's workers are forks that end by coming back to here.
        if os.getpid() == parent:
            if companion is not None:
                companion.end()
            metrics.end()


def _say_that_it_lives() -> None:
    """Write to the supervisor; the first time it says that this server is ready."""
    try:
        os.write(int(os.environ[supervisor.LIFELINE]), b".")
    except BlockingIOError:
        return
    except BrokenPipeError:
        os.kill(os.getpid(), signal.SIGTERM)


def tighten(home: Path) -> None:
    """Keep other accounts of the machine out of the home folder and its pictures, and say so if they could get in."""
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
    """The configuration with the options in it; the server's processes, which read it for themselves, see them too."""
    for name, given in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if given is not None:
            os.environ[f"FLASK_{name}"] = str(given)
    try:
        return configuration.load()
    except configuration.ConfigurationError as error:
        raise click.ClickException(str(error)) from None


def application() -> Flask:
    """The application that the server's processes will answer with: they are forks of this one and find it made."""
    app: Flask = import_string(TARGET)
    return app


def share_memory() -> None:
    """Keep the garbage collector of forks away from what is loaded already: its marks would make each copy it all."""
    gc.collect()
    gc.freeze()


def _prepare(settings: configuration.Config) -> None:
    """See that the tables are there, and say where the site is."""
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
    # The server's processes open connections of their own.
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
        # Its one warning at a start is about the number of threads, which wait for the database most of the time.
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
        # It would take SCRIPT_NAME and the scheme from headers of every client on this machine; `masthead.web.proxies` reads
        # what proxies say, as far as TRUSTED_PROXIES allows.
        "forwarded-allow-ips": "",
        "forwarder-headers": "",
        "limit-request-line": 8_190,
    }
    # Since version 25 gunicorn opens a control socket in the home folder, which nobody here uses.
    options = ["--no-control-socket", *(f"--{name}={value}" for name, value in settings.items())]
    sys.argv = ["gunicorn", *options, TARGET]
    os.register_at_fork(after_in_child=_forget_children)
    run()


def _forget_children() -> None:
    """Let a fork wait for no process of its parent's when it ends.

    The library does this in forks that it makes; gunicorn makes its own, which ended with an error for the job runner.
    """
    children: set[multiprocessing.process.BaseProcess] = vars(multiprocessing.process)["_children"]
    children.clear()


SERVERS: dict[str, Callable[[int, int], None]] = {
    "granian": _serve_with_granian,
    "gunicorn": _serve_with_gunicorn,
}
