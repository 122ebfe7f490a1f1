"""Logging: structlog over the standard library, for people (console) or machines (JSON)."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

import structlog
from flask import Flask
from structlog.types import Processor

from masthead.config import Config
from masthead.web.telemetry import sentry
from masthead.web.telemetry.log_files import RotatingFile, syslog_handler

EXTENSION: Final = "masthead.logs"


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to the current standard error: a stream that was replaced may be closed."""

    @property
    def stream(self) -> TextIO:
        """The current standard error."""
        return sys.stderr

    @stream.setter
    def stream(self, _given: TextIO) -> None:
        """Ignore the stream that the base class assigns."""


def init_app(app: Flask, config: Config) -> None:
    """Configure logging, and record handlers that cannot be opened."""
    app.extensions[EXTENSION] = configure(config)


def problems(app: Flask) -> list[str]:
    """List, in sentences, the log destinations that cannot be opened."""
    found: list[str] = app.extensions[EXTENSION]
    return found


def configure(config: Config) -> list[str]:
    """Send every log line, including those of libraries, to standard error and to the configured destinations.

    Destinations that cannot be opened are returned as sentences; the site must start without them.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    # Before exceptions are formatted, and for our own lines alone.
    reporter = sentry.reporter(config)
    ours = shared if reporter is None else [*shared[:-1], reporter, shared[-1]]
    structlog.configure(
        processors=[*ours, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if config.LOG_FORMAT == "json"
        # repr keeps a line break in a value from forging a log line.
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handlers, found = _handlers(config)
    _replace_handlers(handlers, formatter)
    logging.getLogger().setLevel(config.LOG_LEVEL)
    # Alembic logs each table that it compares; a failed migration raises.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    sentry.warn_if_missing(config)
    return found


def _replace_handlers(handlers: list[logging.Handler], formatter: logging.Formatter) -> None:
    """Replace the root logger's handlers, including those of an earlier call."""
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.name = "masthead"
    root = logging.getLogger()
    for other in root.handlers:
        if other.name == "masthead":
            other.close()
    root.handlers = [other for other in root.handlers if other.name != "masthead"] + handlers


def _handlers(config: Config) -> tuple[list[logging.Handler], list[str]]:
    """Open the handlers, and collect the failures."""
    handlers: list[logging.Handler] = [StandardError()]
    wanted: dict[str, Callable[[], logging.Handler]] = {}
    if config.LOG_FILE:
        wanted["LOG_FILE cannot be written to"] = lambda: RotatingFile(Path(config.LOG_FILE).absolute())
    if config.SYSLOG:
        wanted["SYSLOG cannot be reached"] = lambda: syslog_handler(config.SYSLOG)
    found = []
    for problem, make in wanted.items():
        try:
            handlers.append(make())
        except OSError as error:
            found.append(
                f"{problem} ({error.strerror or error}), so the log goes elsewhere alone. Correct the setting."
            )
            sys.stderr.write(f"{found[-1]}\n")
    return handlers, found
