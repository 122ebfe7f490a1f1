"""Changes of the tables come one after the other, and say so; and what is said when no server answers."""

import threading

import pytest

from masthead.operation import schema_lock
from masthead.operation.schema import newest_revision, present_schema
from tests.support.live import free_port


def test_upgrades_at_the_same_moment_all_succeed(scratch_app, masthead, in_parallel):
    url = scratch_app.config["SQLALCHEMY_DATABASE_URI"]
    results = []
    in_parallel(*[lambda: results.append(masthead("db", "upgrade", DATABASE_URL=url))] * 3)
    assert [result.returncode for result in results] == [0, 0, 0], results
    with scratch_app.app_context():
        assert present_schema().revision == newest_revision()


def test_second_upgrade_says_that_it_waits(app):
    begun, done = threading.Event(), threading.Event()

    def hold():
        with app.app_context(), schema_lock.held():
            begun.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert begun.wait(30)
        threading.Timer(0.5, done.set).start()
        result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    finally:
        done.set()
        holder.join()
    assert result.exit_code == 0, result.output
    assert schema_lock.WAITING in result.stderr


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("command", ["db upgrade", "init-db", "user list", "jobs list", "db current"])
def test_a_server_that_is_away_is_told_as_such(masthead, command):
    url = f"postgresql://masthead@127.0.0.1:{free_port()}/masthead"
    result = masthead(*command.split(), DATABASE_URL=url)
    assert result.returncode == 1
    assert "does not answer" in result.stderr
    assert "db upgrade" not in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("command", ["user list", "jobs list"])
def test_missing_tables_are_told_as_such(masthead, command):
    result = masthead(*command.split())
    assert result.returncode == 1
    assert "masthead db upgrade" in result.stderr
    assert "does not answer" not in result.stderr
