"""`masthead check` and `/health/ready` about the servers beside the site."""

import socket
import time
from datetime import timedelta
from urllib.parse import quote

import pytest

from masthead import clock
from masthead.db import db
from masthead.jobs.models import Job, JobState
from tests.support.buckets import ACCESS_KEY, SECRET_KEY
from tests.support.mailbox import PASSWORD, USERNAME

pytestmark = pytest.mark.databases("sqlite")


def look(app, *arguments):
    result = app.test_cli_runner().invoke(args=["check", *arguments])
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    return result.exit_code, {(level, subject): sentence for level, subject, sentence in lines}


def add_job(app, **values):
    with app.app_context():
        given = {"name": "x", "args": [], "created_at": clock.now(), "run_at": clock.now(), "attempts": 0}
        db.session.add(Job(**given, **values, last_error=""))
        db.session.commit()


def test_servers_that_answer_are_well(make_app, valkey_url):
    code, lines = look(
        make_app(REDIS_URL=valkey_url, CELERY_BROKER_URL=valkey_url), "--only", "limits", "--only", "broker"
    )
    assert code == 0
    assert "counted together" in lines["ok", "limits"]
    assert "answers" in lines["ok", "broker"]
    assert "masthead worker" in lines["warning", "workers"]


def test_servers_that_do_not_answer_are_wrong_and_their_passwords_hidden(make_app):
    away = "redis://walt:sesame@127.0.0.1:1/0"
    code, lines = look(
        make_app(REDIS_URL=away, CELERY_BROKER_URL=away), "--only", "limits", "--only", "broker"
    )
    assert code == 1
    assert "correct REDIS_URL" in lines["error", "limits"]
    assert "correct CELERY_BROKER_URL" in lines["error", "broker"]
    assert "sesame" not in " ".join(lines.values())


def ready(app):
    return app.test_client().get("/health/ready")


def test_servers_that_a_process_can_do_without_are_part_of_readiness(
    make_app, valkey_url, mailbox, bucket_url
):
    settings = {"REDIS_URL": valkey_url, "CELERY_BROKER_URL": valkey_url, "MEDIA_URL": bucket_url}
    settings["MAIL_URL"] = f"smtp://localhost:{mailbox.port}"
    response = ready(make_app(**settings, AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY))
    assert response.status_code == 200
    assert {response.json["checks"][name] for name in ("redis", "broker", "mail", "storage")} == {"ok"}
    assert "away" not in response.json


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("broker", {"CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}),
        ("redis", {"REDIS_URL": "redis://127.0.0.1:1/0"}),
        ("mail", {"MAIL_URL": "smtp://127.0.0.1:1"}),
        ("mail", {"MAIL_URL": "smtps://127.0.0.1:1"}),
        ("storage", {"MEDIA_URL": "s3://pictures?endpoint=http://127.0.0.1:1"}),
    ],
)
def test_server_that_is_away_and_not_needed_is_listed_by_a_ready_process(make_app, name, settings):
    response = ready(make_app(**settings))
    assert response.status_code == 200
    assert response.json["status"] == "ok"
    assert response.json["checks"][name] == "failed"
    assert response.json["away"] == [name]
    assert "127.0.0.1" not in response.text


def test_servers_that_accept_and_say_nothing_hold_no_probe(make_app):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        urls = {"MAIL_URL": f"smtp://{place}", "REDIS_URL": f"redis://{place}/0"}
        app = make_app(
            **urls,
            CELERY_BROKER_URL=f"redis://{place}/0",
            MEDIA_URL=f"s3://pictures/media?endpoint=http://{place}",
        )
        began = time.monotonic()
        response = ready(app)
        assert time.monotonic() - began < 10
    assert response.status_code == 200
    assert response.json["away"] == ["broker", "mail", "redis", "storage"]


def test_failed_and_forgotten_jobs_are_told(app, cast):
    add_job(app, state=JobState.DEAD)
    code, lines = look(app, "--only", "jobs")
    assert code == 1
    assert "masthead jobs list --state dead" in lines["error", "jobs"]


def test_jobs_that_nobody_takes_are_told(app, cast, monkeypatch):
    add_job(app, state=JobState.QUEUED)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=10))
    _, lines = look(app, "--only", "jobs")
    assert "masthead serve" in lines["error", "jobs"]


@pytest.mark.parametrize(("password", "level"), [(PASSWORD, "ok"), ("wrong", "error")])
def test_mail_server_is_tried_without_a_letter(make_app, mailbox, monkeypatch, password, level):
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    url = f"smtp://{USERNAME}:{quote(password, safe='')}@localhost:{mailbox.port}?tls=starttls"
    _, lines = look(make_app(MAIL_URL=url), "--only", "mail")
    assert set(lines) == {(level, "mail")}
    assert mailbox.letters == []


def test_folder_for_letters_is_tried(make_app, tmp_path):
    code, lines = look(make_app(MAIL_URL=f"file://{tmp_path}/letters"), "--only", "mail")
    assert (code, list((tmp_path / "letters").iterdir())) == (0, [])
    assert "sent to nobody" in lines["ok", "mail"]
    (tmp_path / "file").touch()
    assert look(make_app(MAIL_URL=f"file://{tmp_path}/file/letters"), "--only", "mail")[0] == 1


def test_settings_that_others_can_read_are_wrong(app):
    path = app.config["MASTHEAD_HOME"] / "config.env"
    path.touch()
    path.chmod(0o644)
    try:
        code, lines = look(app, "--only", "secrets")
    finally:
        path.unlink()
    assert code == 1
    assert f"chmod 600 {path}" in lines["error", "secrets"]


@pytest.mark.databases("postgresql")
def test_too_few_connections_are_told(make_app):
    _, lines = look(make_app(DATABASE_CONNECTIONS=500), "--only", "postgresql")
    assert "max_connections" in lines["warning", "postgresql"]
    assert look(make_app(), "--only", "postgresql") == (0, {})


def test_unknown_subject_is_refused(app):
    assert look(app, "--only", "weather")[0] == 2
