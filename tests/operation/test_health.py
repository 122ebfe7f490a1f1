"""What load balancers and supervisors ask."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from masthead.db import db
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
