"""Alembic's environment: runs migrations on the application's own engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection
from masthead.db import Base, db

# Models register themselves on import; the application has imported every feature.
target = Base.metadata


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table without deleting the rows that refer to it.

    A changed table is a new one that takes the old one's name, and DROP TABLE deletes rows first, with everything that
    cascades from them (https://www.sqlite.org/lang_altertable.html#otheralter).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    # Inside of a transaction the pragma does nothing.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        # Reading the version has begun a transaction when there was nothing to migrate.
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def check_references(ctx: MigrationContext, *_: object, **__: object) -> None:
    """Undo a migration that leaves a reference to a missing row."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise OSError(f"A row of the table {broken[0]} would refer to one that does not exist; this step was undone.")


def run() -> None:
    """Run the migrations on one connection, each in a transaction."""
    arguments = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, foreign_keys_off(connection):
        context.configure(
            connection=connection,
            target_metadata=target,
            user_module_prefix="types.",
            # SQLite can roll tables back too, now that we begin its transactions ourselves: a migration that is killed
            # leaves the old schema, never half of the new one.
            transactional_ddl=True,
            transaction_per_migration=True,
            on_version_apply=check_references,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"], target_metadata=target, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    run()
