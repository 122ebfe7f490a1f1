"""``masthead db move`` and ``masthead db reopen``."""

from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, make_url

from masthead.config.types import DatabaseAddress
from masthead.db import db, transactions
from masthead.errors import Conflict, Invalid
from masthead.operation.database_move import env_file, source, tables
from masthead.operation.database_move.target import NewDatabase
from masthead.operation.schema import present_schema, shown_place
from masthead.web.commands import Command

SAME: Final = "The publication is in this database already."
DIFFERS: Final = (
    "The table {} differs in the two databases, so the old one goes on as before. Try again; if it happens "
    "again, run `masthead check --deep`."
)
MOVED_BEFORE: Final = (
    "{} was moved to another database, and can only be read since. Set DATABASE_URL to the new one, or open the old "
    "one again, without what the new one got: masthead db reopen"
)
RESTART: Final = "Restart the server and the workers now: until then people read, and cannot write."


@click.command("move", cls=Command)
@click.argument("url")
@with_appcontext
def move(url: str) -> None:
    """Move the publication into the empty database at URL: sqlite:///FILE or postgresql://USER@HOST/NAME.

    The site goes on and can only be read meanwhile. DATABASE_URL is changed when every table was compared; a move that
    is interrupted before leaves the old database as it was.
    """
    target = NewDatabase(make_url(_checked(url)))
    if source.has_moved(db.engine):
        _resume(target)
    else:
        _begin(target)
    _switch(target)


@click.command("reopen", cls=Command)
@with_appcontext
def reopen() -> None:
    """Let the database that DATABASE_URL names be written again, after `masthead db move` has moved its content."""
    if not source.has_moved(db.engine):
        raise Conflict(f"{shown_place()} was not moved, and can be written.")
    source.reopen(db.engine)
    click.echo(f"{shown_place()} can be written again.")


def _checked(url: str) -> str:
    try:
        checked = TypeAdapter(DatabaseAddress).validate_python(url)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise Invalid(f"URL: {reason}.") from None
    if not checked:
        raise Invalid("Name a database: sqlite:///FILE or postgresql://USER@HOST/NAME.")
    new, present = make_url(checked), db.engine.url
    if new.get_backend_name() == "sqlite":
        new = new.set(database=str(Path(new.database or "").absolute()))
    if (new.get_backend_name(), new.host, new.port, new.database) == (
        present.get_backend_name(),
        present.host,
        present.port,
        present.database,
    ) and new.query == present.query:
        raise Invalid(SAME)
    return new.render_as_string(hide_password=False)


def _begin(target: NewDatabase) -> None:
    schema = present_schema()
    if schema.problem is not None:
        raise Conflict(schema.problem)
    target.check()
    click.echo(f"Making the tables in {target.place} …")
    target.make_tables()
    with source.closed(db.engine) as closed:
        with target.transaction() as connection:
            _fill(closed.connection, connection)
        closed.close_for_good()
    target.finish()


def _fill(old: Connection, new: Connection) -> None:
    tables.empty(new)
    rows = 0
    for table in tables.tables():
        count = tables.copy(old, new, table)
        rows += count
        if count:
            click.echo(f"  {table.name}: {count}")
    tables.go_on_counting(new)
    _compare(old, new)
    click.echo(f"{rows} rows copied; counts and hashes of {len(tables.tables())} tables are equal.")


def _compare(old: Connection, new: Connection) -> None:
    for table in tables.tables():
        if tables.summary(old, table) != tables.summary(new, table):
            raise Conflict(DIFFERS.format(table.name))


def _resume(target: NewDatabase) -> None:
    """Finish a move that was interrupted after the old database was closed."""
    if not target.is_there:
        raise Conflict(MOVED_BEFORE.format(shown_place()))
    with transactions(may_write=False), db.engine.connect() as old, target.transaction() as new:
        if any(not tables.is_there(new, table) for table in tables.tables()):
            raise Conflict(MOVED_BEFORE.format(shown_place()))
        try:
            _compare(old, new)
        except Conflict:
            raise Conflict(MOVED_BEFORE.format(shown_place())) from None
    target.finish()


def _switch(target: NewDatabase) -> None:
    click.echo(f"{shown_place()} stays as it is, and can only be read from now on.")
    if env_file.is_in_environment():
        click.echo(
            "DATABASE_URL is set in the environment of this process. Change it where your service gets it, to: "
            f"{target.url.render_as_string(hide_password=True)}"
        )
    else:
        path = env_file.write(target.url, Path(current_app.config["MASTHEAD_HOME"]))
        click.echo(f"DATABASE_URL in {path} names {target.place} now.")
    click.echo(RESTART)
