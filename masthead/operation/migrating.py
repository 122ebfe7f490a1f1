"""Making and changing the tables with Alembic: ``init-db`` and ``db …``. Only commands load this module, for it is large."""

import click
import flask_migrate
from flask import current_app, g
from flask.cli import with_appcontext
from flask_migrate.cli import db as alembic_commands

from masthead.db import db
from masthead.operation.schema import MIGRATIONS
from masthead.search.models import INDEX
from masthead.web.commands import Command

NEWEST = "head"


def is_described(_item: object, name: str | None, kind: str, is_reflected: bool, _model: object) -> bool:
    """Whether the models describe this table; SQLite's full text index, made of several, is a migration's alone."""
    return not (is_reflected and kind == "table" and (name or "").startswith(INDEX))


def bind() -> None:
    """Let the functions of Flask-Migrate find the migrations of the present application."""
    if "migrate" not in current_app.extensions:
        flask_migrate.Migrate().init_app(
            current_app,
            db,
            directory=str(MIGRATIONS),
            render_as_batch=True,
            compare_type=True,
            include_object=is_described,
        )


def upgrade(revision: str = NEWEST) -> None:
    """Bring the tables to a revision; content stays."""
    bind()
    flask_migrate.upgrade(revision=revision)


@click.group("db")
@with_appcontext
def db_group() -> None:
    """Make the tables, bring them up to date, and compare them with the models."""
    bind()
    # Options of the group that this one replaces, which its commands read.
    g.directory, g.x_arg = None, ()


for command in alembic_commands.commands.values():
    db_group.add_command(command)


@click.command("init-db", cls=Command)
@with_appcontext
def init_db() -> None:
    """Make the tables, or bring them up to date. Existing content stays."""
    upgrade()
    click.echo("The database is ready.")
