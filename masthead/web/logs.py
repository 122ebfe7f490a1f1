"""Logging: structlog over the standard library, for people (console) or machines (JSON)."""

import logging
import sys
from pathlib import Path
from typing import TextIO

import structlog
from structlog.types import Processor

from masthead.config import Config
from masthead.web import error_reports
from masthead.web.log_files import RotatingFile, syslog_handler


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to standard error as it is at that moment: who has replaced it meanwhile may have closed the one before."""

    @property
    def stream(self) -> TextIO:
        """Where lines go; there is no other place."""
        return sys.stderr

    @stream.setter
    def stream(self, _given: TextIO) -> None: ...


def configure(config: Config) -> None:
    """Send every log line, ours and the libraries', to standard error in the chosen form, and where else it is asked for."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    # It sees exceptions before they are turned into text, and our own lines alone.
    reporter = error_reports.reporter(config)
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
        # repr of values keeps a line break in a path from forging a second log line.
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    _replace_handlers(_handlers(config), formatter)
    logging.getLogger().setLevel(config.LOG_LEVEL)
    # Alembic tells each table it looks at; a migration that fails raises.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    error_reports.warn_if_missing(config)


def _replace_handlers(handlers: list[logging.Handler], formatter: logging.Formatter) -> None:
    """Let the root logger write with these, and no longer with those of an earlier call."""
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.name = "masthead"
    root = logging.getLogger()
    for other in root.handlers:
        if other.name == "masthead":
            other.close()
    root.handlers = [other for other in root.handlers if other.name != "masthead"] + handlers


def _handlers(config: Config) -> list[logging.Handler]:
    """Where the lines go."""
    handlers: list[logging.Handler] = [StandardError()]
    if config.LOG_FILE:
        handlers.append(RotatingFile(Path(config.LOG_FILE).absolute()))
    if config.SYSLOG:
        try:
            handlers.append(syslog_handler(config.SYSLOG))
        except OSError as error:
            # The site must not stay down because its log has nowhere to go.
            sys.stderr.write(f"SYSLOG cannot be reached ({error}); the log goes to standard error alone.\n")
    return handlers
