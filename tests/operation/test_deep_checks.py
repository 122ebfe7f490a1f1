"""`masthead check --deep`: each kind of damage is found, named, and ends with exit code 1."""

import hashlib
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text, update

from masthead import jobs
from masthead.db import db
from masthead.jobs.models import Job
from masthead.media.models import Media
from masthead.mfa.tasks import notify_of_change
from masthead.operation import deep_checks
from masthead.operation.checks import CHECKS
from masthead.operation.deep_checks import DEEP_CHECKS
from masthead.operation.findings import Finding, Level
from masthead.search.models import SearchDocument
from masthead.storage import store
from tests.factories import PostFactory


@pytest.fixture
def look(invoke):
    def run(*arguments):
        result = invoke("check", *arguments)
        lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
        return result.returncode, {(level, subject): sentence for level, subject, sentence in lines}

    return run


@pytest.fixture
def picture(app, cast):
    with app.app_context():
        content = b"a picture"
        digest = hashlib.sha256(content).hexdigest()
        store.current().put("ab/picture.webp", content)
        db.session.add(
            Media(
                path="ab/picture.webp",
                content_hash=digest,
                source_hash=digest,
                media_type="image/webp",
                width=1,
                height=1,
                size=len(content),
                created_at=cast.ada.created_at,
            )
        )
        db.session.commit()
        yield "ab/picture.webp"
        store.current().delete("ab/picture.webp")


def test_a_good_installation_passes_deeply(look, app, cast, picture):
    PostFactory(title="Rivers", body="They run.", author=cast.walt)
    code, lines = look("--deep")
    assert code == 0
    assert {subject for _, subject in lines} >= {*DEEP_CHECKS}
    levels = {level for level, subject in lines if subject != "pages"}
    assert levels == {"ok"}
    # amcheck is an extension, and not everywhere.
    assert ("ok", "pages") in lines or "CREATE EXTENSION amcheck" in lines["warning", "pages"]


def test_without_deep_nothing_is_read_deeply(look, cast):
    _, lines = look()
    assert not {subject for _, subject in lines} & DEEP_CHECKS.keys()


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_picture_that_is_not_as_it_was_stored_is_found(look, app, picture, damage):
    with app.app_context():
        if damage == "missing":
            store.current().delete(picture)
        else:
            store.current().put(picture, b"b picture")
    code, lines = look("--only", "files")
    assert code == 1
    assert picture in lines["error", "files"]


@pytest.mark.parametrize("drift", ["missing", "other words"])
def test_a_search_index_that_has_drifted_is_found(look, app, cast, drift):
    post = PostFactory(title="Rivers", author=cast.walt)
    with app.app_context():
        mine = SearchDocument.post_id == post.id
        if drift == "missing":
            db.session.query(SearchDocument).filter(mine).delete()
        else:
            db.session.execute(update(SearchDocument).where(mine).values(title="mountains"))
        db.session.commit()
    code, lines = look("--deep")
    assert code == 1
    assert f"post {post.id}" in lines["error", "index"]
    assert "masthead render" in lines["error", "index"]


def test_rendering_mends_the_index(invoke, look, app, cast):
    PostFactory(title="Rivers", author=cast.walt)
    with app.app_context():
        db.session.query(SearchDocument).delete()
        db.session.commit()
    assert look("--only", "index")[0] == 1
    assert invoke("render").returncode == 0
    assert invoke("jobs", "run", "--once").returncode == 0
    assert look("--only", "index")[0] == 0


@pytest.mark.databases("sqlite")
def test_words_that_only_the_full_text_index_has_lost_are_found(look, app, cast):
    PostFactory(title="Rivers", author=cast.walt)
    with app.app_context():
        db.session.execute(text("INSERT INTO search_index(search_index) VALUES ('delete-all')"))
        db.session.commit()
    code, lines = look("--only", "index")
    assert code == 1
    assert ("error", "index") in lines


@pytest.mark.databases("sqlite")
def test_a_row_that_names_one_that_is_gone_is_found(look, app, cast):
    post = PostFactory(author=cast.walt)
    with app.app_context(), closing(sqlite3.connect(db.engine.url.database)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM post WHERE id = ?", (post.id,))
        connection.commit()
    code, lines = look("--deep")
    assert code == 1
    assert "post" in lines["error", "references"]


@pytest.mark.databases("postgresql")
def test_a_row_without_its_parent_is_found_in_postgresql(look, app, cast):
    post = PostFactory(author=cast.walt)
    with app.app_context():
        db.session.execute(text("SET session_replication_role = replica"))
        db.session.execute(text("DELETE FROM post WHERE id = :id"), {"id": post.id})
        db.session.execute(text("SET session_replication_role = DEFAULT"))
        db.session.commit()
    code, lines = look("--only", "references")
    assert code == 1
    assert "→ post" in lines["error", "references"]


@pytest.mark.databases("sqlite")
def test_a_damaged_page_is_found(masthead, tmp_path):
    assert masthead("db", "upgrade").returncode == 0
    assert masthead("seed-db").returncode == 0
    path = tmp_path / "masthead.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'post_slug'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    result = masthead("check", "--deep")
    assert result.returncode == 1
    assert "damaged" in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.databases("postgresql")
def test_pages_of_postgresql_are_read_where_the_extension_is_there(look, app, cast):
    with app.app_context(), db.engine.connect() as connection:
        is_there = connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'"))
        if is_there:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
            connection.commit()
    code, lines = look("--only", "pages")
    assert code == 0
    assert (("ok", "pages") if is_there else ("warning", "pages")) in lines


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("subject", [*CHECKS, *DEEP_CHECKS])
def test_exit_code_is_one_for_every_error_and_no_warning(invoke, app, monkeypatch, subject, level):
    table = CHECKS if subject in CHECKS else DEEP_CHECKS
    monkeypatch.setitem(table, subject, lambda: iter([Finding(level, subject, "Something is told.")]))
    result = invoke("check", "--only", subject)
    assert result.returncode == (1 if level is Level.ERROR else 0)
    assert "Something is told." in result.stdout


def test_a_letter_that_its_recipient_refuses_is_no_fault_of_the_site(look, app, cast):
    def bury(error):
        with app.app_context():
            job_id = jobs.enqueue(notify_of_change, cast.walt.id, "app_added")
            db.session.execute(
                update(Job).where(Job.id == job_id).values(state="dead", last_error=error, attempts=1)
            )
            db.session.commit()

    bury("MessageRefused: 550 5.1.1 No such person")
    code, lines = look("--only", "jobs")
    assert code == 0
    assert "refused for good" in lines["warning", "jobs"]
    bury("TimeoutError: timed out")
    code, lines = look("--only", "jobs")
    assert code == 1
    assert lines["error", "jobs"].startswith("1 have failed")


def test_deep_subjects_are_known_to_only(invoke, app, cast):
    assert invoke("check", "--only", "nonsense").returncode == 2
    assert deep_checks.DEEP_CHECKS.keys().isdisjoint(CHECKS)
