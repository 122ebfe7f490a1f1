"""The production server, and the set-up link of a site that nobody has an account on."""

import click
from flask import current_app
from flask.cli import ScriptInfo, pass_script_info, with_appcontext
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from masthead.db import db
from masthead.operation.jobs import Companion
from masthead.site.setup import issue_token
from masthead.web.commands import Command

#: Requests that one process answers at the same time.
THREADS = 8
#: A connection that sends nothing is closed after this time, so that slow clients cannot fill the server.
HEADER_SECONDS = 15


@click.command("serve", cls=Command)
@click.option("--host", help="Address to listen on; default HOST.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on; default PORT.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes; default WORKERS.")
@pass_script_info
@with_appcontext
def serve(info: ScriptInfo, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the site, and run its background jobs in a process beside the server."""
    settings = current_app.config
    address = host or settings["HOST"]
    number = port or settings["PORT"]
    site_url = settings["SITE_URL"]
    token = issue_token()
    db.session.commit()
    click.echo(f"{site_url}/ is served on {address}, port {number}. Press Ctrl+C to stop.")
    if token is not None:
        click.echo("Nobody has an account yet. Open this link to set your publication up; it works once:")
        click.echo(f"{site_url}/setup?token={token}")
    db.session.remove()
    db.engine.dispose()
    companion = Companion(info.load_app())
    server = Granian(
        target="masthead.wsgi:app",
        address=address,
        port=number,
        interface=Interfaces.WSGI,
        workers=workers or settings["WORKERS"],
        blocking_threads=THREADS,
        log_enabled=True,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    try:
        server.serve()
    finally:
        companion.end()
