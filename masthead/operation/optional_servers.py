"""Probes of optional servers, whose absence does not stop readers and writers."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from flask import current_app

from masthead.mail import transports
from masthead.operation import connections
from masthead.storage import store as storage

log = structlog.get_logger(__name__)

#: Seconds for all probes together, which run concurrently.
PROBE_SECONDS: Final = 2.0
#: Minimum seconds between two probes of the mail server. Some servers count silent connections as attacks.
MAIL_SECONDS: Final = 30.0
EXTENSION: Final = "masthead.operation.mail_probe"
#: Returns the reason why a server does not answer; None if it does.
Probe = Callable[[], str | None]


class MailProbe:
    """Probes the mail server at intervals, and caches the result."""

    def __init__(self, url: str) -> None:
        self._server = transports.from_url(url)
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._problem: str | None = None

    def problem(self) -> str | None:
        """Return the reason why it does not answer; None if it does, or if MAIL_URL names no server."""
        if not isinstance(self._server, transports.SMTP):
            return None
        with self._lock:
            if time.monotonic() - self._asked_at >= MAIL_SECONDS:
                self._problem = _greeting(self._server)
                self._asked_at = time.monotonic()
            return self._problem


def _greeting(server: transports.SMTP) -> str | None:
    """Return the reason why the server sends no greeting."""
    try:
        server.greet(connections.PROBE_SECONDS)
    except transports.FAILURES as error:
        return str(error)
    return None


def problems() -> Mapping[str, str | None]:
    """Map each optional server that does not answer to the reason."""
    probes = dict(_probes(current_app.config))
    if not probes:
        return {}
    # Not a context manager, which would wait for the slowest probe.
    pool = ThreadPoolExecutor(len(probes), thread_name_prefix="probe")
    began = time.monotonic()
    asked = {name: pool.submit(probe) for name, probe in probes.items()}
    found: dict[str, str | None] = dict.fromkeys(probes, "It has not answered in time.")
    for name, answer in asked.items():
        with suppress(NoAnswer):
            found[name] = answer.result(max(0.0, began + PROBE_SECONDS - time.monotonic()))
    pool.shutdown(wait=False)
    for name, problem in found.items():
        if problem is not None:
            log.warning("an optional server does not answer", server=name, problem=problem)
    return found


def _probes(settings: Mapping[str, Any]) -> Mapping[str, Probe]:
    probes: dict[str, Probe] = {}
    if settings["REDIS_URL"]:
        probes["redis"] = lambda: connections.answers(settings["REDIS_URL"])
    if settings["CELERY_BROKER_URL"]:
        probes["broker"] = lambda: connections.answers(settings["CELERY_BROKER_URL"])
    if urlsplit(settings["MAIL_URL"]).scheme in {"smtp", "smtps"}:
        mail: MailProbe = current_app.extensions.setdefault(EXTENSION, MailProbe(settings["MAIL_URL"]))
        probes["mail"] = mail.problem
    store = storage.current()
    if isinstance(store, storage.Bucket):
        probes["storage"] = store.problem
    return probes
