"""Telling Sentry (https://docs.sentry.io) of errors, if ``SENTRY_DSN`` names one and the extra is installed.

What is reported is what the log calls an error, with the ids of its line. Sentry's own integrations are not used: they
would send along what a request holds, and patch every library. So a report has the traceback without its variables, the
route and the ids, and no cookie, header, form, address or account.
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
from masthead.web.exit_hooks import AtEnd

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
#: How long a process that ends waits until its last reports are sent.
GRACE_SECONDS: Final = 2.0
#: The facts of a log line that a report is found by.
TAGS: Final = ("request_id", "job", "task", "logger")
#: Databases repeat the values of a statement that failed, in these words, to the end of their message.
VALUES: Final = re.compile(r"(?:\[parameters: |DETAIL:|CONTEXT:).*", re.DOTALL)
#: Mail addresses, the addresses of servers that hold a password, and those of machines (IPv4, IPv6).
ADDRESSES: Final = re.compile(
    r"\S+@\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{1,4}"
)

ExceptionFacts = tuple[type[BaseException], BaseException, "TracebackType | None"]


def is_missing() -> bool:
    """Whether what sends reports is not installed."""
    return find_spec(PACKAGE) is None


def reporter(config: Config) -> Processor | None:
    """What the log shows each of its lines to; None if nobody wants to hear of errors."""
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
    """Reports the lines that are errors, and hands all of them on."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._at_end = AtEnd(partial(client.flush, timeout=GRACE_SECONDS))

    def __call__(self, _logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        """Report this line, if it is an error. It never raises: a log must not."""
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
        self._at_end.ask()
        self._client.capture_event(event, hint=hint)


def _error_of(line: EventDict) -> ExceptionFacts | None:
    """The exception that a line tells of, in any of the ways in which a logger is told."""
    given: Any = line.get("exc_info")
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if given is True:
        given = sys.exc_info()
    return given if isinstance(given, tuple) and given[1] is not None else None


def _place(line: EventDict) -> str:
    """Where it happened, in words that the code has chosen: a path is up to whoever asks."""
    if has_request_context():
        rule = request.url_rule.rule if request.url_rule is not None else "none"
        return f"{request.method} {rule}"
    return str(line.get("task", "masthead"))


def scrub(event: "Event", _hint: "Hint") -> "Event":
    """Take values out of what exceptions say."""
    for error in (event.get("exception") or {}).get("values", ()):
        error["value"] = without_values(str(error.get("value") or ""))
    if "logentry" in event:
        event["logentry"] = {"message": without_values(str(event["logentry"]["message"])), "params": []}
    return event


def without_values(text: str) -> str:
    """A message without what people have written in it, as far as that can be told."""
    return ADDRESSES.sub("[removed]", VALUES.sub("[values removed]", text))


def warn_if_missing(config: Config) -> None:
    """Say at the start what `masthead check` says, too; the site must not stay down for it."""
    if config.SENTRY_DSN and is_missing():
        log.warning(MISSING)
