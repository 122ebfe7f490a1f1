"""What Prometheus reads, and who may."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from masthead.audit.tasks import forget_old
from masthead.db import db
from masthead.jobs import outbox, schedule
from masthead.operation.backups import last_backup
from masthead.web.telemetry import metrics
from tests.factories import PostFactory
from tests.support.commands import environment
from tests.support.live import free_port
from tests.support.pages import settle

TOKEN = "scrape-" + "x" * 30


def read(content):
    """The samples by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(content)
        for sample in family.samples
    }


def scraped(client, **options):
    response = client.get("/metrics", **options)
    assert response.status_code == 200
    return read(response.text)


def test_requests_are_counted_by_route_and_not_by_address(make_app, new_client):
    client = new_client(make_app())
    before = scraped(client)
    for path in ("/nowhere-1", "/nowhere-2", "/auth/login"):
        client.get(path)
    client.open("/auth/login", method="BREW")
    after = scraped(client)
    grown = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
    assert grown["masthead_requests_total", "/auth/login", "200", "GET"] == 1
    assert grown["masthead_requests_total", "404", "GET", "none"] == 2
    assert not any("nowhere" in part or "BREW" in part for key in after for part in key)
    assert grown["masthead_request_seconds_count", "/auth/login"] == 1
    assert grown["masthead_requests_total", "405", "none", "other"] == 1
    assert grown["masthead_database_statement_seconds_count",] > 0


def test_pages_jobs_and_their_waiting_are_told(app, client):
    PostFactory()
    client.get("/")
    settle([app])
    for _ in range(3):
        client.get("/")
    with app.app_context():
        outbox.enqueue(forget_old)
        db.session.commit()
    seen = scraped(client)
    assert seen["masthead_page_cache_hits_total",] >= 2
    assert seen["masthead_page_cache_pages",] >= 1
    assert seen["masthead_jobs", "audit.forget_old", "queued"] == 1
    assert seen["masthead_jobs_waiting_seconds",] >= 0


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "192.0.2.7", 403),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        ({"Forwarded": "for=192.0.2.7"}, "127.0.0.1", 403),
        ({"Authorization": f"Bearer {TOKEN}"}, "192.0.2.7", 200),
        ({"Authorization": f"bearer {TOKEN}"}, "192.0.2.7", 200),
        ({"Authorization": f"Bearer {TOKEN}x"}, "192.0.2.7", 403),
        ({"Authorization": "Bearer "}, "192.0.2.7", 403),
        ({"Authorization": f"Basic {TOKEN}"}, "192.0.2.7", 403),
        ({"Authorization": "Bearer caf\u00e9"}, "192.0.2.7", 403),
    ],
)
def test_strangers_read_nothing(make_app, headers, address, status):
    client = make_app(METRICS_TOKEN=TOKEN).test_client()
    response = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert response.status_code == status
    assert ("masthead_" in response.text) is (status == 200)
    assert "Set-Cookie" not in response.headers


def test_without_a_token_an_empty_one_opens_nothing(make_app):
    client = make_app().test_client()
    sent = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=sent, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403


def test_a_slow_statement_is_logged_without_its_values(make_app, caplog):
    app = make_app(SLOW_STATEMENT_MS=1)
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
        "SELECT count(*) FROM n WHERE CAST(i AS text) <> :secret"
    )
    with app.app_context():
        db.session.execute(text(slow), {"secret": "swordfish"})
        db.session.rollback()
        db.engine.dispose()
    told = [record.getMessage() for record in caplog.records if "slow statement" in record.getMessage()]
    assert told
    assert all("RECURSIVE" in line and "swordfish" not in line for line in told)


@pytest.mark.databases("sqlite")
@pytest.mark.slow
def test_several_processes_count_together(tmp_path):
    settings = environment(tmp_path, {"FLASK_CONFIG": "production", "LOG_LEVEL": "ERROR", "WORKERS": 2})
    run = [sys.executable, "-m", "masthead"]
    subprocess.run([*run, "db", "upgrade"], env=settings, check=True, capture_output=True)
    port = free_port()
    server = subprocess.Popen([*run, "serve", "--port", str(port)], env=settings, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(40):
            ask(f"{url}/auth/login")
        key = ("masthead_requests_total", "/auth/login", "200", "GET")
        assert [read(ask(f"{url}/metrics"))[key] for _ in range(6)] == [40.0] * 6
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(90) == 0


@pytest.mark.databases("sqlite")
@pytest.mark.slow
def test_two_servers_of_one_home_count_for_themselves(make_live_site):
    first = make_live_site(RATELIMIT_ENABLED=False)
    first.start()
    for _ in range(5):
        ask(f"{first.url}/auth/login")
    second = make_live_site(RATELIMIT_ENABLED=False)
    second.home = first.home
    second.start()
    ask(f"{second.url}/auth/login")
    key = ("masthead_requests_total", "/auth/login", "200", "GET")
    assert read(ask(f"{first.url}/metrics"))[key] == 5
    assert read(ask(f"{second.url}/metrics"))[key] == 1
    assert second.terminate() == 0
    ask(f"{first.url}/auth/login")
    assert read(ask(f"{first.url}/metrics"))[key] == 6


def test_room_mail_periods_and_backups_are_told(app, client, invoke, tmp_path):
    with app.app_context():
        schedule.tick({})
    # An earlier test of this process may have made a backup.
    (Path(app.config["MASTHEAD_HOME"]) / last_backup.NOTE).unlink(missing_ok=True)
    before = scraped(client)
    assert not any(name == "masthead_last_backup_timestamp_seconds" for name, *_ in before)
    began = time.time()
    assert invoke("backup", str(tmp_path / "site.tar.gz")).returncode == 0
    seen = scraped(client)
    assert seen["masthead_last_backup_timestamp_seconds",] >= began - 1
    assert seen["masthead_disk_free_bytes", "home"] > 0
    assert seen["masthead_database_up",] == 1
    assert seen["masthead_mail", "queued"] == 0
    assert seen["masthead_periodic_last_queued_timestamp_seconds", "database.refresh_statistics"] > 0
    assert seen["masthead_database_connections_in_use",] >= 0


@pytest.mark.databases("postgresql")
def test_the_rest_is_told_while_the_database_is_away(make_app, own_postgres, invoke):
    client = make_app(DATABASE_URL=own_postgres.url).test_client()
    own_postgres.stop()
    seen = scraped(client)
    assert seen["masthead_database_up",] == 0
    assert seen["masthead_disk_free_bytes", "home"] > 0


def ask(url):
    deadline = time.monotonic() + 90
    while True:
        try:
            # A connection of its own each time, so that both processes get some.
            with urllib.request.urlopen(url, timeout=20) as response:
                return response.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_process_whose_end_nobody_has_noted_has_no_identity():
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    try:
        assert metrics.identity(process.pid) is None
    finally:
        process.wait()
