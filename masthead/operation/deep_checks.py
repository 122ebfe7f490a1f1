"""``masthead check --deep``: reads every page of the database and every picture, so its duration grows with them."""

import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from masthead.db import db, failures
from masthead.media.models import Media, MediaVariant
from masthead.operation.findings import Finding, Level
from masthead.search import indexing
from masthead.search.models import INDEX
from masthead.storage import store
from masthead.storage.errors import StoreUnavailable

#: Maximum number of names and messages in one sentence.
SHOWN: Final = 3
DAMAGED: Final = (
    "The database is damaged ({}). Stop the site, and restore the newest backup that passes this check."
)
NO_AMCHECK: Final = "Its pages were not looked at: the extension amcheck is not installed. As its superuser: CREATE EXTENSION amcheck;"
#: SQLite's comparison of the full-text index with its table
#: (https://www.sqlite.org/fts5.html#the_integrity_check_command).
INTEGRITY: Final = f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('integrity-check', 1)"  # noqa: S608 (our own name)
#: Checks the order of every index, its rows in the table, and every page of the tables
#: (https://www.postgresql.org/docs/current/amcheck.html).
AMCHECK: Final = {
    "index": """
        SELECT c.relname, bt_index_check(c.oid::regclass, true)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
        WHERE a.amname = 'btree' AND c.relnamespace = current_schema()::regnamespace AND i.indisvalid AND c.relpersistence <> 't'
    """,
    "table": """
        SELECT c.relname, v.msg FROM pg_class c, LATERAL verify_heapam(c.oid::regclass) v
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    """,
}


def pages() -> Iterator[Finding]:
    """Check that the database's pages are intact, and its indexes in order."""
    with db.engine.connect() as connection:
        try:
            if connection.dialect.name == "sqlite":
                problems = [row[0] for row in connection.execute(text("PRAGMA integrity_check(100)"))]
                problems = [] if problems == ["ok"] else problems
            elif _has_amcheck(connection):
                connection.execute(text(AMCHECK["index"])).all()
                problems = [
                    f"{name}: {message}" for name, message in connection.execute(text(AMCHECK["table"]))
                ]
            else:
                yield Finding(Level.WARNING, "pages", NO_AMCHECK)
                return
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == "42501":
                sentence = "Its pages were not looked at: only PostgreSQL's superuser may run amcheck. Run pg_amcheck as that."
                yield Finding(Level.WARNING, "pages", sentence)
                return
            problems = [failures.reason_of(error)]
    if problems:
        yield Finding(Level.ERROR, "pages", DAMAGED.format(_some(problems)))
    else:
        yield Finding(Level.OK, "pages", "Every page of the database is whole.")


def _has_amcheck(connection: Connection) -> bool:
    return connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")) is not None


def references() -> Iterator[Finding]:
    """Check that every foreign key has its row."""
    with db.engine.connect() as connection:
        try:
            broken = _broken_references(connection)
        except DBAPIError as error:
            yield Finding(Level.ERROR, "references", DAMAGED.format(failures.reason_of(error)))
            return
    if broken:
        sentence = f"Rows name others that are not there ({_some(broken)}). Restore the newest backup that passes this check."
        yield Finding(Level.ERROR, "references", sentence)
    else:
        yield Finding(Level.OK, "references", "Every row that another one names is there.")


def _broken_references(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("PRAGMA foreign_key_check"))
        return [f"{table} {row or ''} → {parent}".replace("  ", " ") for table, row, parent, _ in rows]
    found = []
    for table in db.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            parent = constraint.referred_table.alias("parent")
            pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
            is_there = select(parent).where(*(own == other for own, other in pairs)).exists()
            lonely = select(table).where(*(own.is_not(None) for own, _ in pairs), ~is_there)
            if connection.execute(lonely.limit(1)).first() is not None:
                names = ", ".join(own.name for own, _ in pairs)
                found.append(f"{table.name}.{names} → {constraint.referred_table.name}")
    return found


def index() -> Iterator[Finding]:
    """Check that the search index contains the words of the posts."""
    with db.engine.connect() as connection:
        try:
            drifted = [f"post {post_id}" for post_id in indexing.drifted(connection)]
        except DBAPIError as error:
            yield Finding(Level.ERROR, "index", DAMAGED.format(failures.reason_of(error)))
            return
    if not drifted:
        drifted = _differing_words()
    if drifted:
        sentence = f"The search index differs from the posts ({_some(drifted)}). Run: masthead render"
        yield Finding(Level.ERROR, "index", sentence)
    else:
        yield Finding(Level.OK, "index", "The search index holds the words of every post.")


def _differing_words() -> list[str]:
    """Tell if SQLite's full-text index differs from its table; PostgreSQL's index is a column of the row itself."""
    database = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not database:
        return []
    with closing(sqlite3.connect(database, isolation_level=None, timeout=15)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(INTEGRITY)
        except sqlite3.DatabaseError as error:
            return [str(error)]
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return []


def files() -> Iterator[Finding]:
    """Check that the file of every picture exists and has the stored content."""
    with db.engine.connect() as connection:
        rows = [
            *connection.execute(select(Media.key, Media.content_hash).order_by(Media.id)).all(),
            *connection.execute(
                select(MediaVariant.path, MediaVariant.content_hash).order_by(MediaVariant.id)
            ).all(),
        ]
    missing, damaged, pictures = [], [], store.current()
    try:
        for path, stored in rows:
            try:
                content = pictures.get(path)
            except FileNotFoundError:
                missing.append(path)
            else:
                if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), stored):
                    damaged.append(path)
    except (StoreUnavailable, OSError) as error:
        yield Finding(Level.ERROR, "files", f"Pictures cannot be read from {pictures.place} ({error}).")
        return
    if missing:
        sentence = f"{len(missing)} of {len(rows)} pictures have no file in {pictures.place} ({_some(missing)}). Put them back from a backup."
        yield Finding(Level.ERROR, "files", sentence)
    if damaged:
        sentence = f"{len(damaged)} of {len(rows)} pictures are not what was stored ({_some(damaged)}). Put them back from a backup."
        yield Finding(Level.ERROR, "files", sentence)
    if not missing and not damaged:
        yield Finding(Level.OK, "files", f"{len(rows)} pictures are there, each as it was stored.")


def _some(names: list[str]) -> str:
    shown = ", ".join(" ".join(name.split())[:120] for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown


#: The deep checks, by the subject of their line.
DEEP_CHECKS: Final[dict[str, Callable[[], Iterator[Finding]]]] = {
    "pages": pages,
    "references": references,
    "index": index,
    "files": files,
}
