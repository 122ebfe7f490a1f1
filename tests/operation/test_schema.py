import stat

import pytest
from sqlalchemy import inspect, text

from masthead.db import Base, db
from masthead.people.permissions import DEFAULT_ROLES
from masthead.people.queries import roles


@pytest.fixture
def run(scratch_app):
    """Run a command on a database that has no tables yet."""

    def invoke(*arguments):
        result = scratch_app.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def tables(app):
    with app.app_context():
        names = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        # SQLite's full text index is made of tables that no model describes.
        return {name for name in names if not name.startswith("search_index")}


def test_init_db_makes_the_tables_and_the_roles(scratch_app, run):
    assert "The database is ready." in run("init-db")
    assert tables(scratch_app) == set(Base.metadata.tables)
    with scratch_app.app_context():
        assert [role.name for role in db.session.scalars(roles())] == [role.name for role in DEFAULT_ROLES]


def test_init_db_twice_changes_nothing(scratch_app, run):
    run("init-db")
    run("init-db")
    assert tables(scratch_app) == set(Base.metadata.tables)


def test_the_schema_goes_up_and_down(scratch_app, run):
    run("db", "upgrade")
    assert tables(scratch_app) == set(Base.metadata.tables)
    run("db", "downgrade", "base")
    assert tables(scratch_app) == set()


def all_pragmas(engine, name):
    """The pragma on several connections of the pool: the one that has migrated goes back into it."""
    connections = [engine.raw_connection() for _ in range(3)]
    try:
        return [each.driver_connection.execute(f"PRAGMA {name}").fetchone()[0] for each in connections]
    finally:
        for each in connections:
            each.close()


def test_a_changed_table_keeps_the_rows_that_refer_to_it(scratch_app, run):
    run("db", "upgrade", "0132")
    at = "2026-11-30 10:00:00"
    with scratch_app.app_context():
        db.session.execute(
            text(
                "INSERT INTO media (path, content_hash, source_hash, media_type, width, height, size, alt, name, created_at)"
                " VALUES ('a/b.png', 'c', 's', 'image/png', 1, 1, 9, '', 'b.png', :at)"
            ),
            {"at": at},
        )
        db.session.execute(
            text(
                "INSERT INTO external_picture (address_hash, address, media_id, problem, tries, tried_at)"
                " SELECT 'h', 'https://example.org/b.png', id, '', 1, :at FROM media"
            ),
            {"at": at},
        )
        db.session.commit()
    for command in (["db", "upgrade"], ["db", "downgrade", "0132"], ["db", "upgrade"], ["db", "upgrade"]):
        run(*command)
        with scratch_app.app_context():
            left = db.session.execute(
                text("SELECT count(*) FROM external_picture JOIN media ON media.id = media_id")
            )
            assert left.scalar() == 1, command
            db.session.rollback()
            if scratch_app.config["DATABASE_URL"].startswith("sqlite"):
                assert all_pragmas(db.engine, "foreign_keys") == [1, 1, 1]


def test_the_schema_tells_where_it_is(masthead):
    masthead("db", "upgrade")
    assert "(head)" in masthead("db", "current").stdout
    assert "(head)" in masthead("db", "history").stdout


def test_db_check_proves_that_models_equal_migrations(scratch_app, run):
    run("db", "upgrade")
    assert "The migrations make the tables that the models describe." in run("db", "check")
    with scratch_app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE tag ADD COLUMN forgotten INTEGER")
    assert scratch_app.test_cli_runner().invoke(args=["db", "check"]).exit_code != 0


def test_the_new_roles_have_the_permissions_of_the_code(app):
    with app.app_context():
        stored = {
            role.name: (role.title, role.rank, set(role.permissions)) for role in db.session.scalars(roles())
        }
    assert stored == {role.name: (role.title, role.rank, set(role.permissions)) for role in DEFAULT_ROLES}


def test_nobody_else_on_the_machine_reads_the_database(masthead, tmp_path):
    assert masthead("db", "upgrade").returncode == 0
    paths = list(tmp_path.glob("masthead.sqlite3*"))
    assert paths
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
