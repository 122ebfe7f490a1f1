"""What a look at an installation finds."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is. Only an error makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """One line: what was looked at, and how it is or how to mend it."""

    level: Level
    subject: str
    sentence: str
