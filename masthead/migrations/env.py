"""Alembic's environment: runs migrations on the application's own engine."""

from alembic import context
from flask import current_app
from masthead.db import Base, db

# Models register themselves on import; the application has imported every feature.
target = Base.metadata


def run() -> None:
    """Run the migrations on one connection, each in a transaction."""
    arguments = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target,
            user_module_prefix="types.",
            # SQLite can roll tables back too, now that we begin its transactions ourselves: a migration that is killed
            # leaves the old schema, never half of the new one.
            transactional_ddl=True,
            transaction_per_migration=True,
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
