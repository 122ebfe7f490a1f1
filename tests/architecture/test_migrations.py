"""The migrations make exactly the tables that the models describe, on both databases, and can be taken back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import inspect

from masthead.db import Base, db
from masthead.operation.migrating import is_described, upgrade
from masthead.operation.schema import MIGRATIONS, newest_revision


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_object": is_described},
        )
        found: list[object] = compare_metadata(context, Base.metadata)
        return found


def test_the_migrations_make_what_the_models_describe(app: Flask) -> None:
    with app.app_context():
        assert differences() == []


def test_the_migrations_have_one_end() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_revision()]


def test_every_migration_can_be_taken_back(scratch_app: Flask) -> None:
    revisions = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    with scratch_app.app_context():
        for revision in reversed(revisions):
            upgrade(revision)
            downgrade(revision="-1")
            upgrade(revision)
        assert differences() == []
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        db.engine.dispose()
