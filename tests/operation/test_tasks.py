"""What the database needs from time to time."""

import sqlite3

import pytest
from sqlalchemy import text

from masthead.db import db
from masthead.operation import tasks
from tests.factories import PostFactory
from tests.support.people import PASSWORD

KNOWN_POSTS = "SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_post_status_published_at'"


@pytest.mark.databases("sqlite")
def test_the_planner_learns_how_large_the_tables_are(app):
    for size in (3, 12):
        PostFactory.create_batch(size - (0 if size == 3 else 3))
        with app.app_context():
            tasks.refresh()
            assert db.session.execute(text(KNOWN_POSTS)).scalar_one().split()[0] == str(size)


@pytest.mark.databases("sqlite")
def test_an_import_tells_it_too(masthead, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.md").write_text(f"# Text {number}\n\nWords.\n")
    assert masthead("db", "upgrade").returncode == 0
    account = ("user", "create", "ada", "ada@example.org", "--role", "administrator", "--password", PASSWORD)
    assert masthead(*account).returncode == 0
    assert masthead("import", "markdown", str(folder), "--dry-run").returncode == 0
    with sqlite3.connect(tmp_path / "masthead.sqlite3") as connection:
        assert (
            connection.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchall() == []
        )
    assert masthead("import", "markdown", str(folder)).returncode == 0
    with sqlite3.connect(tmp_path / "masthead.sqlite3") as connection:
        assert connection.execute(KNOWN_POSTS).fetchone()[0].split()[0] == "5"


@pytest.mark.databases("postgresql")
def test_postgresql_is_left_to_itself(app, queries):
    with app.app_context(), queries.exactly(0):
        tasks.refresh()
