"""`masthead db move`: nothing is lost, whatever happens on the way."""

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from masthead.db import db, moved
from masthead.db.engine import limit_statements
from masthead.operation.database_move import source
from tests.factories import PostFactory
from tests.support.commands import environment
from tests.support.databases import empty_content
from tests.support.people import PASSWORD

#: What a database keeps for itself, and the log of what running processes have not seen yet.
NOT_CONTENT = re.compile("sqlite_|search_index|change$")
KILLS = 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The home of a publication on SQLite with the demonstration's texts, comments, pictures and readings."""
    home = tmp_path_factory.mktemp("demo")
    for command in (["db", "upgrade"], ["seed-db", "--demo"]):
        run(home, *command)
    return home


@pytest.fixture
def home(demo, tmp_path):
    """A copy of it."""
    return shutil.copytree(demo, tmp_path / "home")


@pytest.fixture
def postgres(tmp_path, worker_id):
    """An empty PostgreSQL database."""
    content = empty_content("postgresql", tmp_path, f"masthead_move_{worker_id}")
    yield content
    content.close()


def run(home, *arguments, code=0, **settings):
    finished = subprocess.run(
        [sys.executable, "-m", "masthead", *arguments],
        cwd=home,
        env=environment(home, settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=110,
    )
    assert finished.returncode == code, finished.stdout + finished.stderr
    return finished.stdout + finished.stderr


def content_of(file):
    """Every row of every table of an SQLite database."""
    with closing(sqlite3.connect(file)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
            if not NOT_CONTENT.match(name)
        }


def test_a_publication_goes_to_postgresql_and_back_over_kills_anywhere(home, postgres):
    file = home / "masthead.sqlite3"
    before = content_of(file)
    assert len(before["comment"]) > 50
    command = [sys.executable, "-m", "masthead", "db", "move", postgres.url]
    seconds = 4.0
    for number in range(KILLS):
        process = subprocess.Popen(
            command,
            cwd=home,
            env=environment(home, {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        began = time.monotonic()
        try:
            process.wait(random.uniform(0.1, 1.0) * seconds)
            # It was faster: earlier next time, and everything again from the old database.
            seconds = 0.9 * (time.monotonic() - began)
            assert process.returncode == 0, number
            run(home, "db", "reopen") if not (home / "config.env").exists() else go_back(home, postgres)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert content_of(file) == before
        if not moved.has_moved(str(file)):
            # Whoever writes goes on.
            with closing(sqlite3.connect(file, timeout=5)) as connection:
                connection.execute("BEGIN IMMEDIATE")
            moved.check(str(file))
    if not (home / "config.env").exists():
        run(home, "db", "move", postgres.url)
    assert postgres.url in (home / "config.env").read_text()
    assert "was moved, and can only be read" in run(home, "check", "--only", "database")
    other = f"sqlite:///{home / 'other.sqlite3'}"
    refused = run(home, "db", "move", other, code=1, DATABASE_URL=f"sqlite:///{file}")
    assert "was moved to another database" in refused
    assert list(home.glob("other*")) == []
    # The new database is used: a new row gets a number of its own.
    run(home, "user", "create", "newcomer", "newcomer@example.org", "--password", "a quite long one 17")
    assert "hashes of" in run(home, "db", "move", f"sqlite:///{home / 'back.sqlite3'}")
    after = content_of(home / "back.sqlite3")
    assert len([row for row in after["user"] if "newcomer" in row]) == 1
    assert [row for row in after["user"] if "newcomer" not in row] == before["user"]
    # The command itself wrote into these.
    for name in before.keys() - {"user", "audit_event", "job", "job_tick", "clock_mark"}:
        assert after[name] == before[name], name
    engine = create_engine(postgres.url)
    with engine.connect() as connection:
        indexed = connection.scalar(text("SELECT count(*) FROM search_document WHERE vector IS NOT NULL"))
        assert indexed == len(before["search_document"])
        with pytest.raises(Exception, match="moved to another one"):
            connection.execute(text("DELETE FROM comment"))
    engine.dispose()


def go_back(home, postgres):
    """Begin again from the old database, with the new one empty."""
    (home / "config.env").unlink()
    run(home, "db", "reopen")
    engine = create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def test_people_read_and_cannot_write_while_a_move_goes_on(make_app, new_client, cast, sign_in):
    app = make_app(DATABASE_LOCK_SECONDS=1)
    # As a server does.
    limit_statements(app, 10)
    PostFactory(author=cast.walt, title="Rivers", slug="rivers")
    rhea = new_client(app)
    sign_in(rhea, cast.rhea)
    with app.app_context():
        engine = db.engine
    typed = {"body": "I saw it."}
    form = rhea.read("/blog/post/rivers").form(typed)
    with source.closed(engine):
        assert new_client(app).get("/blog/post/rivers").status_code == 200
        refused = rhea.post(form.action, data=form.filled(typed, None))
        assert (refused.status_code, bool(refused.headers["Retry-After"])) == (503, True)
    assert rhea.post(form.action, data=form.filled(typed, None)).status_code == 303


@pytest.mark.databases("sqlite")
def test_a_writer_who_waited_through_a_move_does_not_write_into_the_old_database(make_app, in_parallel):
    app = make_app()
    with app.app_context():
        engine = db.engine
    file, begun, refused = engine.url.database, threading.Event(), []

    def close():
        with source.closed(engine) as closed:
            # The mark is not there yet when the writer looks for it.
            mark = Path(f"{file}{moved.SUFFIX}")
            mark.rename(f"{mark}-hidden")
            begun.set()
            time.sleep(0.5)
            Path(f"{mark}-hidden").rename(mark)
            closed.close_for_good()

    def write():
        begun.wait(10)
        with app.app_context(), pytest.raises(moved.DatabaseMoved):
            db.session.execute(text("DELETE FROM setting"))
        refused.append(True)

    try:
        assert in_parallel(close, write) == []
    finally:
        source.reopen(engine)
    assert refused


@pytest.mark.databases("sqlite")
def test_mistakes_are_told_in_a_sentence(invoke, app, cast, tmp_path):
    present = app.config["DATABASE_URL"]
    (tmp_path / "full.sqlite3").write_bytes(b"something")
    for url, sentence in {
        present: "in this database already",
        "": "Name a database",
        "mysql://u@h/n": "must begin with sqlite:// or postgresql://",
        "sqlite://": "must name a file",
        f"sqlite:///{tmp_path}/full.sqlite3": "Name an empty database",
        f"sqlite:///{tmp_path}/nowhere/new.sqlite3": "There is no folder",
        "postgresql://nobody@127.0.0.1:9/none": "The database does not answer",
    }.items():
        result = invoke("db", "move", url)
        assert result.returncode == 1, url
        assert sentence in result.stderr, url
        assert len(result.stderr.splitlines()) == 1
    assert "was not moved" in invoke("db", "reopen").stderr
    assert PASSWORD not in present
