"""Time zones by IANA name, and the conversion of local times around clock changes."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import structlog

log = structlog.get_logger(__name__)

NAME_CHARACTERS = 64
DEFAULT = "UTC"
#: Files beside the zones that name no place: the server's own zone, and a marker for a missing one.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
#: Aliases of renamed zones. Accepted, because browsers and old sites send them, but not offered.
_OLD_AREAS = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")


@cache
def _names() -> dict[str, str]:
    """Map lower-case names to names."""
    return {name.lower(): name for name in available_timezones() - _NO_ZONES}


@cache
def offered() -> tuple[str, ...]:
    """List the selectable names in alphabetical order: UTC, then areas with their places."""
    places = sorted(name for name in _names().values() if "/" in name and not name.startswith(_OLD_AREAS))
    return (DEFAULT, *places)


def canonical(name: str) -> str:
    """Return the name as IANA writes it; raises `ValueError` if there is no such zone."""
    try:
        return _names()[name.strip().lower()]
    except KeyError:
        raise ValueError("is no time zone; write it like Europe/Berlin") from None


@cache
def zone(name: str) -> tzinfo:
    """Return the zone of this name, or UTC if this machine does not know it, so that pages still appear."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("unknown time zone, UTC is used instead", name=name)
        return UTC


def local(moment: datetime, at: tzinfo) -> datetime:
    """Convert a time to the zone."""
    try:
        return moment.astimezone(at)
    except OverflowError:
        # The first and the last day of the calendar cannot be converted.
        return moment.astimezone(UTC)


def moments(shown: datetime, at: tzinfo) -> list[datetime]:
    """Return the UTC times at which clocks show this date and time: one, or none or two at a clock change."""
    found = []
    for fold in (0, 1):
        moment = shown.replace(tzinfo=at, fold=fold).astimezone(UTC)
        if moment not in found and moment.astimezone(at).replace(tzinfo=None, fold=0) == shown:
            found.append(moment)
    return sorted(found)


def beginning(year: int, month: int, day: int, at: tzinfo) -> datetime:
    """Return the UTC time at which a local day begins; where midnight is skipped, the clock change."""
    try:
        return datetime(year, month, day, tzinfo=at).astimezone(UTC)
    except OverflowError:
        return datetime(year, month, day, tzinfo=UTC)


def label(moment: datetime, at: tzinfo) -> str:
    """Return the zone's abbreviation at a time, such as CET, or its UTC offset if it has none: UTC+05:45."""
    name = local(moment, at).tzname() or ""
    return name if name.isalpha() else distance(moment, at)


def distance(moment: datetime, at: tzinfo) -> str:
    """Return the UTC offset at a time: ``UTC+05:45``."""
    offset = local(moment, at).utcoffset() or timedelta()
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours:02}:{minutes:02}"
