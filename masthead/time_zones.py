"""Time zones by their IANA names, and what a clock on the wall there means on the days when it is changed."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import structlog

log = structlog.get_logger(__name__)

NAME_CHARACTERS = 64
DEFAULT = "UTC"
#: Files beside the zones that name no place: the zone of the server, and the mark of a system without one.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
#: Older names of zones that have a newer one. They are accepted, as browsers and old sites send them, but not offered.
_OLD_AREAS = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")


@cache
def _names() -> dict[str, str]:
    """Lower-case name → name."""
    return {name.lower(): name for name in available_timezones() - _NO_ZONES}


@cache
def offered() -> tuple[str, ...]:
    """The names to choose from, in alphabetical order: UTC, then areas with their places."""
    places = sorted(name for name in _names().values() if "/" in name and not name.startswith(_OLD_AREAS))
    return (DEFAULT, *places)


def canonical(name: str) -> str:
    """The name as IANA writes it; raises `ValueError` if there is no such zone."""
    try:
        return _names()[name.strip().lower()]
    except KeyError:
        raise ValueError("is no time zone; write it like Europe/Berlin") from None


@cache
def zone(name: str) -> tzinfo:
    """The zone of this name. UTC stands in for one that this computer does not know, so that pages still appear."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("unknown time zone, UTC is used instead", name=name)
        return UTC


def local(moment: datetime, at: tzinfo) -> datetime:
    """The moment as a clock there shows it."""
    try:
        return moment.astimezone(at)
    except OverflowError:
        # The first and the last day of the calendar have no other zone.
        return moment.astimezone(UTC)


def moments(shown: datetime, at: tzinfo) -> list[datetime]:
    """The moments, in UTC, at which clocks there show this date and time: one, or none or two when they are changed."""
    found = []
    for fold in (0, 1):
        moment = shown.replace(tzinfo=at, fold=fold).astimezone(UTC)
        if moment not in found and moment.astimezone(at).replace(tzinfo=None, fold=0) == shown:
            found.append(moment)
    return sorted(found)


def beginning(year: int, month: int, day: int, at: tzinfo) -> datetime:
    """The moment, in UTC, at which a day begins there; where no clock shows midnight, the change of the clocks."""
    try:
        return datetime(year, month, day, tzinfo=at).astimezone(UTC)
    except OverflowError:
        return datetime(year, month, day, tzinfo=UTC)


def label(moment: datetime, at: tzinfo) -> str:
    """The short name of the zone at a moment, such as CET, or its distance from UTC where it has none: UTC+05:45."""
    name = local(moment, at).tzname() or ""
    return name if name.isalpha() else distance(moment, at)


def distance(moment: datetime, at: tzinfo) -> str:
    """How far clocks there are from UTC at a moment: ``UTC+05:45``."""
    offset = local(moment, at).utcoffset() or timedelta()
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours:02}:{minutes:02}"
