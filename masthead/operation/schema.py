"""The tables: making them with ``init-db``, and whether they are those of this version."""

from dataclasses import dataclass
from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from flask_migrate.cli import db as db_group
from sqlalchemy.exc import OperationalError

from masthead.db import db
from masthead.extensions import migrate
from masthead.search.models import INDEX
from masthead.web.commands import Command

__all__ = ["Schema", "db_group", "init_app", "init_db", "is_described", "present_schema"]

NO_DATABASE = "The database does not answer ({}). Check DATABASE_URL, and that the database server runs and lets you in."
NO_TABLES = "The database has no tables yet. Run `masthead db upgrade` first."
OLDER = "The tables are those of an older version ({} instead of {}). Make a backup, then run `masthead db upgrade`."
NEWER = "The tables are those of a newer version of Masthead ({}). Upgrade Masthead, or restore a backup."


def init_app(app: Flask, migrations: Path) -> None:
    """Bind the migrations in this folder to the application."""
    migrate.init_app(
        app,
        db,
        directory=str(migrations),
        render_as_batch=True,
        compare_type=True,
        include_object=is_described,
    )


def is_described(_item: object, name: str | None, kind: str, is_reflected: bool, _model: object) -> bool:
    """Whether the models describe this table; SQLite's full text index, made of several, is a migration's alone."""
    return not (is_reflected and kind == "table" and (name or "").startswith(INDEX))


@dataclass(frozen=True, slots=True)
class Schema:
    """The revision of the tables, and what has to be done first if they cannot be used."""

    revision: str | None
    problem: str | None = None


def present_schema() -> Schema:
    """Look at the database. Never raises for one that is missing, away or of another version."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    head = script.get_current_head() or ""
    try:
        with db.engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        return Schema(None, NO_DATABASE.format(first_line(error)))
    if revision is None:
        return Schema(None, NO_TABLES)
    if revision == head:
        return Schema(revision)
    known = {other.revision for other in script.walk_revisions()}
    return Schema(revision, OLDER.format(revision, head) if revision in known else NEWER.format(revision))


def first_line(error: OperationalError) -> str:
    """What the database says, without the statement and the values."""
    return str(error.orig).strip().splitlines()[0]


@click.command("init-db", cls=Command)
@with_appcontext
def init_db() -> None:
    """Make the tables, or bring them up to date. Existing content stays."""
    upgrade()
    click.echo("The database is ready.")
