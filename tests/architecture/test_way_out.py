"""Nothing opens a connection to the outside but `masthead.outbound`, where every address is looked at."""

import ast

import pytest

from tests.architecture.source import ROOT

#: What can open a connection. A module below one of these counts as well, but `http` itself has only status codes.
DOORS = (
    "aiohttp",
    "asyncio",
    "celery",
    "ftplib",
    "http.client",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "imaplib",
    "kombu",
    "opentelemetry",
    "poplib",
    "redis",
    "requests",
    "sentry_sdk",
    "smtplib",
    "socket",
    "socketserver",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "xmlrpc",
)
#: Who may, and why. The database, Redis, the broker and the object store are named by the operator, not by a visitor.
ALLOWED = {
    # The broker, and what counts limits on several machines.
    ("masthead/jobs/celery_bridge.py", "celery"),
    ("masthead/jobs/celery_bridge.py", "kombu"),
    ("masthead/web/limits/redis_storage.py", "redis"),
    ("masthead/operation/connections.py", "redis"),
    ("masthead/outbound/client.py", "httpcore2"),
    ("masthead/outbound/client.py", "socket"),
    ("masthead/outbound/connections.py", "httpcore2"),
    # The mail server that MAIL_URL names.
    ("masthead/mail/transports.py", "smtplib"),
    # Where the server listens.
    ("masthead/operation/listening.py", "socket"),
    ("masthead/operation/granian_server.py", "socket"),
    ("masthead/operation/port_release.py", "socket"),
    # The connections that a server has accepted.
    ("masthead/web/middleware/client_sockets.py", "socket"),
    # What SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT name; both libraries bring connections of their own.
    ("masthead/web/telemetry/sentry.py", "sentry_sdk"),
    ("masthead/web/telemetry/tracing.py", "opentelemetry"),
}
SOURCES = sorted((ROOT / "masthead").rglob("*.py"))


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def doors(source):
    for name in imported(ast.parse(source)):
        yield from (door for door in DOORS if name == door or name.startswith(f"{door}."))


def test_only_the_named_modules_open_connections():
    found = {
        (str(path.relative_to(ROOT)), door)
        for path in SOURCES
        for door in doors(path.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED


#: Nobody waits for these: they are listened on, hear from threads of their own, or stand behind `masthead.web.limits.throttling`.
WITHOUT_GUARD = {
    "masthead/operation/listening.py",
    "masthead/operation/granian_server.py",
    "masthead/operation/port_release.py",
    "masthead/web/middleware/client_sockets.py",
    "masthead/web/telemetry/sentry.py",
    "masthead/web/telemetry/tracing.py",
    "masthead/web/limits/redis_storage.py",
    # Behind the client.
    "masthead/outbound/connections.py",
    # Behind `masthead.mail.delivery`.
    "masthead/mail/transports.py",
}


def test_whoever_opens_connections_leaves_the_transaction_first():
    guarded = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "leave_transaction(" in path.read_text(encoding="utf-8")
    }
    assert {path for path, _ in ALLOWED} - WITHOUT_GUARD <= guarded
    assert {
        "masthead/mail/delivery.py",
        "masthead/storage/store.py",
        "masthead/web/limits/throttling.py",
    } <= guarded


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "import urllib.request",
        "from urllib import request",
        "from http import client",
        "def f():\n    import requests.sessions",
        "from socket import create_connection",
    ],
)
def test_each_way_of_importing_is_seen(source):
    assert list(doors(source))
