"""Findings of the checks."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """The severity of a finding. Only errors make the command fail."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """One line of the report: subject, and state or fix."""

    level: Level
    subject: str
    sentence: str
