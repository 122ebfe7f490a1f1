"""When the last backup was finished: a note in the home, for ``/metrics``."""

from pathlib import Path
from typing import Final

import structlog

from masthead import clock

log = structlog.get_logger(__name__)

#: Below MASTHEAD_HOME.
NOTE: Final = "last-backup.txt"


def note(home: Path) -> None:
    """Note that a backup was finished now."""
    try:
        (home / NOTE).write_text(f"{clock.now().timestamp():.0f}\n", encoding="ascii")
    except OSError as error:
        # The backup is good all the same.
        log.warning("the time of the backup cannot be noted", error=str(error))


def moment(home: Path) -> float | None:
    """When that was, in seconds since 1970; None if nobody knows."""
    try:
        return float((home / NOTE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
