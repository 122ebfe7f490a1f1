"""The time of the last backup, stored in the home for ``/metrics``."""

from pathlib import Path
from typing import Final

import structlog

from masthead import clock

log = structlog.get_logger(__name__)

#: File below MASTHEAD_HOME.
NOTE: Final = "last-backup.txt"


def note(home: Path) -> None:
    """Record that a backup was completed now."""
    try:
        (home / NOTE).write_text(f"{clock.now().timestamp():.0f}\n", encoding="ascii")
    except OSError as error:
        # The backup itself is complete.
        log.warning("the time of the backup cannot be noted", error=str(error))


def moment(home: Path) -> float | None:
    """Return the Unix time of the last backup; None if unknown."""
    try:
        return float((home / NOTE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
