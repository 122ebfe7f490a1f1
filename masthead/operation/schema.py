"""``init-db``: the tables, without naming Alembic."""

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade
from flask_migrate.cli import db as db_group

from masthead.web.commands import Command

__all__ = ["db_group", "init_db"]


@click.command("init-db", cls=Command)
@with_appcontext
def init_db() -> None:
    """Make the tables, or bring them up to date. Existing content stays."""
    upgrade()
    click.echo("The database is ready.")
