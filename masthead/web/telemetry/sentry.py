"""Error reports to Sentry (https://docs.sentry.io), if ``SENTRY_DSN`` is set and the extra is installed.

Every log line of level error is reported, with the ids of the line. Sentry's own integrations are off: they would send
request data, and patch every library. A report has the traceback without variables, the route and the ids, and no
cookie, header, form, URL or account.
"""

import re
import sys
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import has_request_context, request
from structlog.types import EventDict, Processor, WrappedLogger

from masthead import __version__
from masthead.config import Config
from masthead.web.exit_hooks import ExitHook

if TYPE_CHECKING:
    from types import TracebackType

    from sentry_sdk import Client
    from sentry_sdk.types import Event, Hint

log = structlog.get_logger(__name__)

PACKAGE: Final = "sentry_sdk"
MISSING: Final = (
    "SENTRY_DSN is set, but what tells Sentry of errors is not installed, so it hears of none. Run `make extras`, or: "
    "pip install 'masthead[sentry]'"
)
#: Seconds that an ending process waits for its last reports to be sent.
GRACE_SECONDS: Final = 2.0
#: Log fields that become tags of a report.
TAGS: Final = ("request_id", "job", "task", "logger")
#: Databases end their messages with the values of the failed statement, introduced by these words.
VALUES: Final = re.compile(r"(?:\[parameters: |DETAIL:|CONTEXT:).*", re.DOTALL)
#: Email addresses, URLs with a password, and IP addresses (IPv4, IPv6).
ADDRESSES: Final = re.compile(
    r"\S+@\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{1,4}"
)

ExceptionFacts = tuple[type[BaseException], BaseException, "TracebackType | None"]


def is_missing() -> bool:
    """Tell if the extra is not installed."""
    return find_spec(PACKAGE) is None


def reporter(config: Config) -> Processor | None:
    """Return the log processor that reports errors; None without SENTRY_DSN."""
    if not config.SENTRY_DSN or is_missing():
        return None
    from sentry_sdk import Client

    return Reporter(
        Client(
            dsn=config.SENTRY_DSN,
            release=f"masthead@{__version__}",
            environment=config.ENVIRONMENT,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            enable_backpressure_handling=False,
            include_local_variables=False,
            max_request_body_size="never",
            before_send=scrub,
        )
    )


class Reporter:
    """A log processor that reports errors and passes every line on."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._exit_hook = ExitHook(partial(client.flush, timeout=GRACE_SECONDS))

    def __call__(self, _logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        """Report this line if it is an error. Never raises: logging must not fail."""
        if line.get("level") in {"error", "critical"}:
            from sentry_sdk.utils import capture_internal_exceptions

            with capture_internal_exceptions():
                self._report(line)
        return line

    def _report(self, line: EventDict) -> None:
        from sentry_sdk.utils import event_from_exception

        event: Event = {}
        hint: Hint = {}
        error = _error_of(line)
        if error is not None:
            event, hint = event_from_exception(error, client_options=self._client.options)
        event["level"] = line["level"]
        event["logentry"] = {"message": str(line.get("event", "")), "params": []}
        event["tags"] = {name: str(line[name]) for name in TAGS if name in line}
        event["transaction"] = _place(line)
        self._exit_hook.register()
        self._client.capture_event(event, hint=hint)


def _error_of(line: EventDict) -> ExceptionFacts | None:
    """Return the exception of a line, in any form that loggers accept."""
    given: Any = line.get("exc_info")
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if given is True:
        given = sys.exc_info()
    return given if isinstance(given, tuple) and given[1] is not None else None


def _place(line: EventDict) -> str:
    """Return the place of the error in names from the code: clients choose the path."""
    if has_request_context():
        rule = request.url_rule.rule if request.url_rule is not None else "none"
        return f"{request.method} {rule}"
    return str(line.get("task", "masthead"))


def scrub(event: "Event", _hint: "Hint") -> "Event":
    """Remove values from exception messages."""
    for error in (event.get("exception") or {}).get("values", ()):
        error["value"] = without_values(str(error.get("value") or ""))
    if "logentry" in event:
        event["logentry"] = {"message": without_values(str(event["logentry"]["message"])), "params": []}
    return event


def without_values(text: str) -> str:
    """Return a message without user input, as far as that can be recognised."""
    return ADDRESSES.sub("[removed]", VALUES.sub("[values removed]", text))


def warn_if_missing(config: Config) -> None:
    """Log at the start the problem that `masthead check` reports; the site must start regardless."""
    if config.SENTRY_DSN and is_missing():
        log.warning(MISSING)
