"""The state of the schema. `masthead.operation.migrating` changes it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from masthead.db import db

NO_DATABASE = "The database does not answer ({}). Check DATABASE_URL, and that the database server runs and lets you in."
NO_TABLES = "The database has no tables yet. Run `masthead db upgrade` first."
OLDER = "The tables are those of an older version ({} instead of {}). Make a backup, then run `masthead db upgrade`."
NEWER = "The tables are those of a newer version of Masthead ({}). Upgrade Masthead, or restore a backup."
MIGRATIONS = Path(__file__).parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema revision, and the sentence that explains how to make it usable."""

    revision: str | None
    problem: str | None = None


@cache
def newest_revision() -> str:
    """Return the revision of this version, from the numbered file names of the migrations.

    Alembic would import every migration to tell the same, which is too slow for a start.
    """
    return max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def next_revision(migrations: Path) -> str:
    """Return the number of the next migration in a folder: one more than that of its newest file."""
    numbers = (path.stem.partition("_")[0] for path in (migrations / "versions").glob("[0-9]*_*.py"))
    return f"{max(map(int, filter(str.isdecimal, numbers)), default=0) + 1:04}"


def present_schema() -> SchemaState:
    """Inspect the database. Never raises if it is missing, away or of another version."""
    try:
        with db.engine.connect() as connection:
            has_tables = inspect(connection).has_table("alembic_version")
            revision = (
                connection.scalar(text("SELECT version_num FROM alembic_version")) if has_tables else None
            )
    except DBAPIError as error:
        return SchemaState(None, NO_DATABASE.format(first_line(error)))
    if revision is None:
        return SchemaState(None, NO_TABLES)
    newest = newest_revision()
    if revision == newest:
        return SchemaState(revision)
    return SchemaState(
        revision, OLDER.format(revision, newest) if revision < newest else NEWER.format(revision)
    )


def shown_place() -> str:
    """Return the location of the tables: a file, or a URL without its password."""
    url = db.engine.url
    return (
        str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


def first_line(error: DBAPIError) -> str:
    """Return the database's message without statement and values."""
    return str(error.orig).strip().splitlines()[0]
