"""What load balancers and supervisors ask."""

import errno
import os
import tempfile

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from masthead.db import db, notes, write_queue
from masthead.operation.schema import MIGRATIONS


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_a_site_that_works_is_ready(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.json == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "storage": "ok"},
    }
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    assert "Vary" not in response.headers


def test_a_process_that_answers_lives(client, queries):
    with queries.exactly(0):
        assert client.get("/health/live").json == {"status": "ok"}


def test_a_probe_within_needs_no_certificate(make_app):
    app = make_app(SITE_URL="https://news.example.org")
    within = "http://localhost:8000"
    assert app.test_client().get("/health/live", base_url=within).status_code == 200
    assert app.test_client().get("/", base_url=within).status_code in {301, 302}


@pytest.mark.databases("sqlite")
def test_without_its_database_a_site_lives_but_is_not_ready(make_app, tmp_path):
    app = make_app(DATABASE_URL=f"sqlite:///{tmp_path}/gone/none.sqlite3")
    response = app.test_client().get("/health/ready")
    assert response.status_code == 503
    assert response.json["checks"] == {"database": "failed", "migrations": "failed", "storage": "ok"}
    assert int(response.headers["Retry-After"]) > 0
    assert "sqlite" not in response.text
    assert app.test_client().get("/health/live").status_code == 200


def test_tables_of_another_version_are_not_ready(app, client):
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    try:
        assert client.get("/health/ready").json["checks"]["migrations"] == "failed"
    finally:
        with app.app_context():
            newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
            db.session.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
            db.session.commit()


def test_tables_that_are_not_there_yet_are_not_ready(scratch_app):
    response = scratch_app.test_client().get("/health/ready")
    assert response.status_code == 503
    assert response.json["checks"]["migrations"] == "failed"


def test_a_folder_that_cannot_be_used_is_not_ready(make_app, tmp_path):
    (tmp_path / "file").write_text("in the way")
    app = make_app(MEDIA_URL=str(tmp_path / "file" / "media"))
    assert app.test_client().get("/health/ready").json["checks"]["storage"] == "failed"


def test_database_that_can_only_be_read_is_not_ready_and_says_so(app, client):
    with app.app_context():
        engine = db.engine
    is_sqlite = engine.dialect.name == "sqlite"

    def refuse(connection):
        connection.exec_driver_sql("PRAGMA query_only = 1" if is_sqlite else "SET TRANSACTION READ ONLY")

    event.listen(engine, "begin", refuse)
    try:
        response = client.get("/health/ready")
    finally:
        event.remove(engine, "begin", refuse)
        engine.dispose()
    assert response.status_code == 503
    assert response.json["status"] == "unavailable"
    assert response.json["checks"] == {"database": "read-only", "migrations": "ok", "storage": "ok"}
    assert response.json["detail"] == "Pages can be read, but nothing can be saved."
    assert client.get("/health/ready").status_code == 200


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("code", "state"), [(errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.EROFS, "read-only")]
)
def test_disk_that_takes_nothing_is_not_ready_and_says_so(client, monkeypatch, code, state):
    def refuse(**_options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json["checks"]["database"] == state
    assert response.json["detail"] == "Pages can be read, but nothing can be saved."


@pytest.mark.databases("sqlite")
def test_site_on_which_somebody_writes_is_ready(app, client, monkeypatch):
    monkeypatch.setattr(notes, "NOTE_SECONDS", 0.05)
    queue = write_queue.queue_of(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    queue.enter(10)
    try:
        assert client.get("/health/ready").status_code == 200
    finally:
        queue.leave()
