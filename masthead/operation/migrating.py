"""Schema migrations with Alembic: ``init-db`` and ``db …``. Only commands import this large module."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import flask_migrate
from flask import current_app, g
from flask.cli import with_appcontext
from flask_migrate.cli import db as alembic_commands

from masthead.db import db
from masthead.operation import schema_lock
from masthead.operation.database_move import cli as database_move
from masthead.operation.schema import MIGRATIONS, next_revision, present_schema, shown_place
from masthead.search.models import INDEX
from masthead.web.commands import Command

NEWEST = "head"
LONGEST_SENTENCE = 300
#: Commands that change the tables or their recorded revision.
CHANGING = frozenset({"upgrade", "downgrade", "stamp"})
#: Commands that only show a revision.
READING = frozenset({"show", "edit"})
#: Commands that write a new migration.
NUMBERED = frozenset({"migrate", "revision", "merge"})
#: Default message of a new migration.
UNNAMED = "Change the tables"


def is_described(_item: object, name: str | None, kind: str, is_reflected: bool, _model: object) -> bool:
    """Tell if the models describe this table; SQLite's full-text index exists in a migration alone."""
    return not (is_reflected and kind == "table" and (name or "").startswith(INDEX))


def leave_out_empty(context: Any, _revision: object, directives: list[Any]) -> None:
    """Skip the file if `db migrate` finds no difference; `db revision` writes an empty migration on purpose."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()
        click.echo("The migrations make the tables that the models describe: nothing is written.")


def bind() -> None:
    """Point Flask-Migrate to the migrations of this application."""
    if "migrate" not in current_app.extensions:
        flask_migrate.Migrate().init_app(
            current_app,
            db,
            directory=str(MIGRATIONS),
            render_as_batch=True,
            compare_type=True,
            include_object=is_described,
            process_revision_directives=leave_out_empty,
        )
        # Flask-Migrate has put its own group of this name there.
        current_app.cli.add_command(db_group, "db")


def upgrade(revision: str = NEWEST) -> None:
    """Bring the tables to a revision; content stays."""
    bind()
    with one_sentence(), schema_lock.held():
        flask_migrate.upgrade(revision=revision)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Report Alembic's errors in a sentence, as every other command does, instead of a log line."""
    heard: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            heard.append(record.getMessage().removeprefix("Error: "))
        return record.levelno < logging.ERROR

    logger = logging.getLogger("flask_migrate")
    logger.addFilter(keep)
    try:
        yield
    except SystemExit:
        if heard:
            raise click.ClickException(_sentence(heard[-1])) from None
        raise
    except (ImportError, OSError) as error:
        raise click.ClickException(_sentence(str(error))) from None
    finally:
        logger.removeFilter(keep)


def _sentence(text: str) -> str:
    # Truncated, and on one line, whatever names the message repeats.
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:LONGEST_SENTENCE]}…"


class AlembicCommand(Command):
    """An Alembic command whose errors end in a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        for name in ("revision", "revisions", "head"):
            given = ctx.params.get(name)
            if given == "" or (isinstance(given, tuple) and (not given or "" in given)):
                raise click.UsageError(
                    f"Name a revision for {name.upper()}; `masthead db history` lists them."
                )
        if self.name in NUMBERED:
            self._number(ctx)
        try:
            with one_sentence():
                result = super().invoke(ctx)
        except (AssertionError, AttributeError):
            if self.name not in READING:
                raise
            # Alembic's error for a relative revision before the first one.
            raise click.ClickException(
                "There is no such revision. `masthead db history` lists them."
            ) from None
        if self.name == "check":
            click.echo("The migrations make the tables that the models describe.")
        return result

    def _number(self, ctx: click.Context) -> None:
        """Number a new migration after the newest file, unless the caller names a revision."""
        folder = Path(ctx.params.get("directory") or MIGRATIONS)
        ctx.params["rev_id"] = ctx.params.get("rev_id") or next_revision(folder)
        ctx.params["message"] = " ".join((ctx.params.get("message") or "").split()).rstrip(".") or UNNAMED

    def perform(self, ctx: click.Context) -> Any:
        """Run the command under the schema lock; --sql changes nothing and takes no lock."""
        if self.name not in CHANGING or ctx.params.get("sql"):
            return super().perform(ctx)
        with schema_lock.held():
            result = super().perform(ctx)
        click.echo(f"The tables of {shown_place()} are those of revision {present_schema().revision}.")
        return result


@click.group("db")
@with_appcontext
def db_group() -> None:
    """Create and migrate the tables, and compare them with the models."""
    bind()
    # Options of the replaced group, which its commands read.
    g.directory, g.x_arg = None, ()


for command in alembic_commands.commands.values():
    db_group.add_command(
        AlembicCommand(command.name, params=command.params, callback=command.callback, help=command.help)
    )


db_group.add_command(database_move.move)
db_group.add_command(database_move.reopen)


@click.command("init-db", cls=Command)
@with_appcontext
def init_db() -> None:
    """Make the tables, or bring them up to date. Existing content stays."""
    upgrade()
    click.echo("The database is ready.")
    click.echo(f"It is {shown_place()}.")
