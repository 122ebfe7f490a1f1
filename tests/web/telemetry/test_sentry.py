"""Sentry, played by a server that keeps what it is sent."""

import json
import logging

import pytest

from masthead import jobs
from masthead.config import TestingConfig
from masthead.db import db
from masthead.jobs import registry
from masthead.jobs.runner import Runner
from masthead.web.telemetry import sentry

pytestmark = pytest.mark.databases("sqlite")
SECRETS = (
    "a lamp, a desk",
    "bearer-token",
    "session-cookie",
    "ada@magazine.example",
    "203.0.113.9",
    "search-words",
)


@pytest.fixture
def site(make_app, collector):
    made = make_app(SENTRY_DSN=f"http://key@127.0.0.1:{collector.port}/7")
    # As in production: an error is answered, and does not end the test.
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def failing(*_arguments, **_named):
    password = "a lamp, a desk and a deadline"
    raise LookupError(f"Nobody is ada@magazine.example at 203.0.113.9, {len(password)}.")


def event_in(body):
    """The report in an envelope (https://develop.sentry.dev/sdk/data-model/envelopes/)."""
    return json.loads(body.splitlines()[2])


def test_unhandled_error_is_reported_with_route_and_request_id(site, collector, new_client):
    site.view_functions["search.find"] = failing
    response = new_client(site).get("/search?q=search-words")
    assert response.status_code == 500
    event = event_in(collector.wait_for(lambda body: b"LookupError" in body))
    assert event["transaction"] == "GET /search"
    assert event["tags"]["request_id"] == response.headers["X-Request-ID"]
    assert event["level"] == "error"
    assert event["environment"] == "testing"
    error = event["exception"]["values"][-1]
    assert error["type"] == "LookupError"
    assert error["stacktrace"]["frames"][-1]["function"] == "failing"
    assert collector.bodies[0][0] == "/api/7/envelope/"


def test_report_holds_nothing_that_a_person_has_sent(site, collector, new_client):
    site.view_functions["search.find"] = failing
    client = new_client(site)
    client.set_cookie("session", "session-cookie")
    response = client.get(
        "/search?q=search-words",
        data={"email": "ada@magazine.example", "password": "a lamp, a desk and a deadline"},
        headers={"Authorization": "Bearer bearer-token", "User-Agent": "search-words"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert response.status_code == 500
    body = collector.wait_for(lambda body: b"LookupError" in body)
    event = event_in(body)
    # Lines of the source are part of a traceback, and this test's own hold an address.
    frames = event["exception"]["values"][-1].pop("stacktrace")["frames"]
    assert not any("vars" in frame for frame in frames)
    shown = json.dumps(event)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert event.keys().isdisjoint({"request", "user", "breadcrumbs", "extra"})


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("could not connect to postgresql://masthead:word@db/masthead", "could not connect to [removed]"),
        ("DETAIL:  Key (email_key)=(ada) already exists.", "[values removed]"),
        (
            "[SQL: INSERT INTO tag]\n[parameters: ('Walt]', 'x')]\n(more)",
            "[SQL: INSERT INTO tag]\n[values removed]",
        ),
        ("no route to 192.0.2.7", "no route to [removed]"),
        ("no route to 2001:db8::7 now", "no route to [removed] now"),
        ("division by zero", "division by zero"),
    ],
)
def test_messages_lose_addresses_and_values(message, shown):
    assert sentry.without_values(message) == shown


def test_job_that_fails_is_reported_with_its_number(site, collector, monkeypatch):
    task = registry.find("jobs.forget_old")
    monkeypatch.setitem(registry._tasks, task.name, registry.Task(task.name, failing))
    with site.app_context():
        job_id = jobs.enqueue(task)
        db.session.commit()
    Runner(site).run_due()
    event = event_in(collector.wait_for(lambda body: b"LookupError" in body))
    assert event["tags"] | {"job": str(job_id), "task": task.name} == event["tags"]
    assert event["transaction"] == task.name


def test_sentry_that_is_away_costs_nobody_an_answer(make_app, new_client):
    site = make_app(SENTRY_DSN="http://key@127.0.0.1:9/7")
    site.config["PROPAGATE_EXCEPTIONS"] = False
    site.view_functions["search.find"] = failing
    assert new_client(site).get("/search").status_code == 500


def test_missing_package_is_one_sentence_and_no_end(make_app, monkeypatch, caplog):
    monkeypatch.setattr(sentry, "PACKAGE", "sentry_sdk_that_is_not_there")
    with caplog.at_level(logging.WARNING):
        make_app(SENTRY_DSN="http://key@127.0.0.1:9/7")
    assert "masthead[sentry]" in caplog.text


@pytest.mark.parametrize(
    "value", ["sentry.example.org", "https://sentry.example.org/1", "https://key@host/project"]
)
def test_address_that_is_none_of_sentrys_is_refused(value):
    with pytest.raises(ValueError, match="must look like https://key@"):
        TestingConfig(SENTRY_DSN=value)
