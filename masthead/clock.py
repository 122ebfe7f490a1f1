"""The only reader of the time, so that tests and imports can say what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment in UTC, timezone-aware."""
    return datetime.now(UTC)
