"""The dates of WordPress: local time, universal time, or the date of the feed; zero where there is none."""

from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from masthead.importing.reading.dates import parse_date


def published(data: dict[str, Any], zone: tzinfo) -> datetime | None:
    """The publication date of an item; None if it names none."""
    return _first(data["date_gmt"], data["date"], zone) or _of_feed(data["pub_date"])


def changed(data: dict[str, Any], zone: tzinfo) -> datetime | None:
    """The date of an item's last change."""
    return _first(data["modified_gmt"], data["modified"], zone)


def of_comment(data: dict[str, Any], zone: tzinfo) -> datetime | None:
    """The date of a comment."""
    return _first(data["date_gmt"], data["date"], zone)


def _first(universal: str, local: str, zone: tzinfo) -> datetime | None:
    return _parsed(universal, UTC) or _parsed(local, zone)


def _parsed(text: str, zone: tzinfo) -> datetime | None:
    if not text or text.startswith(("0000", "-")):
        return None
    try:
        found = parse_date(text, zone)
    except ValueError:
        return None
    return found if found.year > 1 else None


def _of_feed(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    # WordPress writes the beginning of the epoch, or the year -1, for a draft without a date.
    return found.astimezone(UTC) if found.year > 1970 else None
