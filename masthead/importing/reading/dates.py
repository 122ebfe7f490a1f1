"""Parses dates in the formats that occur in front matter."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from masthead.importing.reading.fields import Value, as_text

_NUMERIC: Final = re.compile(
    r"""(?P<year>\d{4})(?P<separator>[-/.])(?P<month>\d{1,2})(?P=separator)(?P<day>\d{1,2})
    (?:(?:[Tt]|[ \t]+|,[ ]*)
       (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?
       [ ]*(?P<half>[AaPp]\.?[Mm]\.?(?![A-Za-z]))?
       [ ]*(?P<zone>[Zz]|[-+]\d{1,2}(?::?\d{2})?|[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?
    )?\s*""",
    re.VERBOSE,
)
_COMPACT: Final = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_WORDS: Final = re.compile(
    r"""(?:[A-Za-z]{3,9},?[ ]+)??(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]+(?:of[ ]+)?(?P<month>[A-Za-z]{3,9})\.?|
        (?P<month_first>[A-Za-z]{3,9})\.?[ -]+(?P<day_second>\d{1,2})(?:st|nd|rd|th)?)
        ,?[ -]+(?P<year>\d{4})(?!\d)""",
    re.VERBOSE,
)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_MONTH_ALONE: Final = re.compile(r"(\d{4})[-/](\d{1,2})")
_NAMED_MONTH_ALONE: Final = re.compile(r"[A-Za-z]{3,9}\.?,? \d{4}")
_OFFSET: Final = re.compile(r"([-+])(\d{1,2}):?(\d{2})?")
_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
#: The time zone names of RFC 5322, section 4.3.
_ZONES: Final = {
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip


def zone_named(name: str) -> tzinfo:
    """Find a time zone by its IANA name or its offset; raises `ValueError` with a sentence."""
    offset = _offset(name.strip())
    if offset is not None:
        return offset
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"There is no time zone called “{name[:60]}”. Write one like Europe/Berlin or UTC."
        ) from None


def parse_date(value: Value, zone: tzinfo, *, month_first: bool = False) -> datetime:
    """Parse a date to UTC; without a time zone it is in ``zone``. Raises `ValueError` with a sentence."""
    try:
        return parse_local_date(value, zone, month_first=month_first).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"“{as_text(value)[:60]}” is not a date: {error}.") from None


def parse_local_date(value: Value, zone: tzinfo, *, month_first: bool = False) -> datetime:
    """Parse a date in its own time zone. Raises `ValueError` with the reason."""
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=zone)
        case date():
            return datetime.combine(value, time(), zone)
        case str():
            return _parsed(_year_first(value.strip(), month_first=month_first), zone)
        case _:
            raise ValueError("write it like 2014-03-12 10:11:00 -0400")


def _year_first(text: str, *, month_first: bool) -> str:
    """Reorder a date that ends with its year, such as `11/02/2024`, and add the first as a missing day."""
    match = _YEAR_LAST.match(text)
    if match:
        first, second = int(match[1]), int(match[3])
        month, day = (first, second) if (month_first and first <= 12) or second > 12 else (second, first)
        return f"{match[4]}-{month}-{day}{text[match.end() :]}"
    match = _MONTH_ALONE.fullmatch(text)
    if match:
        return f"{match[1]}-{match[2]}-1"
    match = _NAMED_MONTH_ALONE.fullmatch(text)
    return f"1 {text}" if match else text


def _parsed(text: str, zone: tzinfo) -> datetime:
    match = _NUMERIC.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _numeric(match.groupdict(), zone)
    words = _WORDS.match(text)
    if words:
        day, name = words["day"] or words["day_second"], words["month"] or words["month_first"]
        match = _NUMERIC.fullmatch(f"{words['year']}-{_month(name)}-{day}{text[words.end() :]}")
        if match:
            return _numeric(match.groupdict(), zone)
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        raise ValueError("write it like 2014-03-12 10:11:00 -0400") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _numeric(parts: dict[str, str | None], zone: tzinfo) -> datetime:
    year, month, day = (int(parts[name] or 0) for name in ("year", "month", "day"))
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        raise ValueError("hour must be in 1..12 before am or pm")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    named = parts.get("zone")
    # Python has no leap seconds, so second 60 becomes 59.
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(named) if named else zone)


def _zone(name: str) -> tzinfo:
    if name.lower() in _ZONES:
        return timezone(timedelta(hours=_ZONES[name.lower()]))
    return zone_named(name)


def _offset(name: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(name)
    if match is None:
        return None
    distance = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(distance if match[1] == "+" else -distance)


def _month(name: str) -> int:
    try:
        return _MONTHS.index(name[:3].lower()) + 1
    except ValueError:
        raise ValueError(f"there is no month called {name}") from None
