"""Logging: structlog over the standard library, for people (console) or machines (JSON)."""

import logging
import sys

import structlog
from structlog.types import Processor

from masthead.config import Config


def configure(config: Config) -> None:
    """Send every log line, ours and the libraries', to standard error in the chosen form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.name = "masthead"
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if other.name != "masthead"] + [handler]
    root.setLevel(config.LOG_LEVEL)
    # Alembic tells each table it looks at; a migration that fails raises.
    logging.getLogger("alembic").setLevel(logging.WARNING)
