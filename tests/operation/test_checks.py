import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from masthead import clock, jobs
from masthead.db import db
from masthead.jobs.models import ClockMark, Job
from masthead.operation import migrating, schema
from masthead.pages.tasks import purge_trash
from masthead.storage import store
from masthead.web.telemetry import sentry, tracing
from tests.factories import UserFactory
from tests.factories.storing import storing


@pytest.fixture
def look(invoke):
    """Run `masthead check`: its exit code, and the lines by subject."""

    def run():
        result = invoke("check")
        lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
        return result.returncode, {(level, subject): sentence for level, subject, sentence in lines}

    return run


def test_a_good_installation_passes(look, cast):
    code, lines = look()
    assert code == 0
    assert {subject for _, subject in lines} == {
        "configuration",
        "secrets",
        "storage",
        "pictures",
        "database",
        "accounts",
        "limits",
        "broker",
        "clock",
        "jobs",
        "mail",
        "address",
        "proxies",
        "log",
        "observers",
    }
    assert {level for level, _ in lines} == {"ok"}


@pytest.mark.parametrize(
    ("setting", "extra", "places"),
    [
        ("SENTRY_DSN", "masthead[sentry]", (sentry, "PACKAGE", "no_such_package")),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "masthead[opentelemetry]",
            (tracing, "PACKAGES", ("no_such.package",)),
        ),
    ],
)
def test_extra_that_is_named_and_not_installed_is_wrong(look, app, cast, monkeypatch, setting, extra, places):
    monkeypatch.setitem(app.config, setting, "http://key@127.0.0.1/1")
    code, lines = look()
    assert code == 0
    assert setting in lines["ok", "observers"]
    monkeypatch.setattr(*places)
    code, lines = look()
    assert code == 1
    assert extra in lines["error", "observers"]


def test_no_password_of_the_database_is_shown(look, app, cast, monkeypatch):
    monkeypatch.setitem(
        app.config, "SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://walt:sesame@db.example/x"
    )
    _, lines = look()
    assert "sesame" not in " ".join(lines.values())


def test_a_new_site_is_told_how_to_begin(look, app):
    code, lines = look()
    assert code == 0
    assert "masthead serve" in lines["warning", "accounts"]


def test_a_site_that_nobody_can_administer_is_wrong(look, app):
    UserFactory(role="editor")
    code, lines = look()
    assert code == 1
    assert "masthead user set-role" in lines["error", "accounts"]


def test_a_place_where_no_picture_can_be_kept_is_wrong(look, app, cast, monkeypatch, tmp_path):
    (tmp_path / "media").write_text("in the way")
    monkeypatch.setitem(app.extensions, store.EXTENSION, store.FolderStore(tmp_path / "media"))
    code, lines = look()
    assert code == 1
    assert "set MEDIA_URL" in lines["error", "pictures"]


def test_secrets_that_others_can_read_are_wrong(look, app, cast):
    folder = app.config["MASTHEAD_HOME"] / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    secret = folder / "EXAMPLE"
    secret.write_text("x")
    secret.chmod(0o644)
    try:
        code, lines = look()
    finally:
        secret.unlink()
    assert code == 1
    assert f"chmod 600 {secret}" in lines["error", "secrets"]


def test_an_emptied_secret_is_wrong(look, app, cast):
    folder = app.config["MASTHEAD_HOME"] / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    secret = folder / "EXAMPLE"
    secret.touch(mode=0o600)
    try:
        code, lines = look()
    finally:
        secret.unlink()
    assert code == 1
    assert f"{secret} is empty" in lines["error", "secrets"]


def test_little_room_is_wrong(look, cast, monkeypatch):
    monkeypatch.setattr("masthead.operation.checks.FREE_MEGABYTES", 10**12)
    code, lines = look()
    assert code == 1
    assert "MB are free" in lines["error", "storage"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": "dead", "attempts": 12}, "jobs retry --all"),
        ({"run_at": clock.now() - timedelta(hours=1)}, "should have run minutes ago"),
    ],
)
def test_forgotten_and_dead_jobs_are_wrong(look, cast, values, sentence):
    with storing():
        job_id = jobs.enqueue(purge_trash)
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))
    code, lines = look()
    assert code == 1
    assert sentence in lines["error", "jobs"]


def test_a_publication_in_a_database_that_is_not_used_is_named(look, app, cast, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "MASTHEAD_HOME", tmp_path)
    tmp_path.chmod(0o700)
    beside = tmp_path / "masthead.sqlite3"
    assert look()[0] == 0
    beside.write_text("This is no database.")
    assert look()[0] == 0
    beside.unlink()
    with closing(sqlite3.connect(beside)) as connection:
        connection.execute("CREATE TABLE post (id INTEGER)")
        assert look()[0] == 0
        connection.execute("INSERT INTO post VALUES (1)")
        connection.commit()
    code, lines = look()
    assert code == 1
    assert f"{beside} holds a publication with 1 post" in lines["error", "database"]


@pytest.mark.parametrize(
    ("site_url", "host", "level", "sentence"),
    [
        ("http://0.0.0.0:8000", "0.0.0.0", "error", "Set SITE_URL"),
        ("http://127.0.0.1:8000", "0.0.0.0", "warning", "Set SITE_URL"),
        ("http://magazine.example", "127.0.0.1", "warning", "unprotected"),
        ("https://magazine.example", "127.0.0.1", "warning", "TRUSTED_PROXIES=1"),
    ],
)
def test_an_address_that_readers_cannot_use_is_found(
    look, app, cast, monkeypatch, site_url, host, level, sentence
):
    monkeypatch.setitem(app.config, "SITE_URL", site_url)
    monkeypatch.setitem(app.config, "HOST", host)
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["0.0.0.0", "127.0.0.1", "magazine.example"])
    code, lines = look()
    assert sentence in lines[level, "address"]
    assert code == (1 if level == "error" else 0)


def test_a_site_that_would_refuse_its_own_address_is_wrong(look, app, cast, monkeypatch):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["other.example"])
    code, lines = look()
    assert code == 1
    assert "lacks localhost" in lines["error", "address"]


@pytest.mark.parametrize(("revision", "sentence"), [("0001", "older version"), ("9999", "newer version")])
def test_tables_of_another_version_are_wrong(scratch_app, revision, sentence):
    with scratch_app.app_context():
        migrating.upgrade()
        assert schema.present_schema().problem is None
        with db.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )
        assert sentence in (schema.present_schema().problem or "")
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
        assert "no tables yet" in (schema.present_schema().problem or "")
        db.engine.dispose()


def test_a_fresh_folder_is_told_to_make_the_tables(masthead):
    result = masthead("check")
    assert result.returncode == 1
    assert "masthead db upgrade" in result.stdout
    assert "Traceback" not in result.stderr


def test_a_database_that_is_away_is_told(masthead):
    result = masthead("check", DATABASE_URL="postgresql://walt:sesame@127.0.0.1:1/masthead")
    assert result.returncode == 1
    assert "does not answer" in result.stdout
    assert "sesame" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_every_mistake_of_the_configuration_is_listed(masthead):
    result = masthead("check", PORT="many", SITE_URL="nonsense", SECRET_KEY="dev")
    assert result.returncode == 1
    for name in ("PORT", "SITE_URL", "SECRET_KEY"):
        assert f"{name}:" in result.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        # A folder where a file should be, a folder that nobody can make, and a machine that does not exist.
        ({"LOG_FILE": "{home}"}, "LOG_FILE cannot be written to"),
        ({"LOG_FILE": "/dev/null/log"}, "LOG_FILE cannot be written to"),
        ({"SYSLOG": "udp://nowhere.invalid:514"}, "SYSLOG cannot be reached"),
        ({"DATABASE_URL": "sqlite:///{home}/letter"}, "file is not a database"),
        ({"DATABASE_URL": "sqlite:////dev/null/file"}, "unable to open database file"),
    ],
)
@pytest.mark.databases("sqlite")
def test_place_that_cannot_be_used_is_told_in_a_sentence(masthead, tmp_path, settings, sentence):
    (tmp_path / "letter").write_text("This is a letter, and no database. " * 100, encoding="utf-8")
    result = masthead("check", **{name: value.format(home=tmp_path) for name, value in settings.items()})
    assert result.returncode == 1
    assert sentence in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("seen", "steady", "level", "words"),
    [
        # The clock is behind what was stored: it is wrong now, or was then.
        (timedelta(days=400), timedelta(0), "error", "Set the clock"),
        (timedelta(minutes=5), timedelta(0), "error", "Set the clock"),
        # It is far ahead of what was stored: a leap, or a long stop.
        (timedelta(days=-400), timedelta(days=-400), "warning", "last at work"),
        # A leap was noticed a moment ago.
        (timedelta(0), timedelta(minutes=-5), "warning", "deleted again from"),
        (timedelta(minutes=-9), timedelta(days=-1), "ok", "has not leapt"),
    ],
)
def test_a_clock_that_leaps_is_told(look, app, cast, seen, steady, level, words):
    now = clock.now()
    with app.app_context():
        db.session.add(ClockMark(id=1, seen_at=now + seen, steady_since=now + steady))
        db.session.commit()
    code, lines = look()
    assert words in lines[level, "clock"]
    assert code == (1 if level == "error" else 0)
