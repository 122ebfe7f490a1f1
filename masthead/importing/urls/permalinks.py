"""Functions for old paths: permalink patterns, date tokens, and parts of addresses."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

_TOKEN: Final = re.compile(r":([a-z_]+)")
#: Years before 1980 are parts of names, not dates.
_DATED: Final = re.compile(
    r"(?:^|/)(?:(19[89]\d|20\d\d)([-/])(\d{1,2})\2(\d{1,2})(?![\d.])|(19[89]\d|20\d\d)/(\d{1,2})(?=/))"
)
_SLASHES: Final = re.compile(r"/{2,}")
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def date_tokens(at: datetime) -> dict[str, str]:
    """The parts of a date under the token names of Jekyll and Hugo."""
    week_year, week, weekday = at.isocalendar()
    month, day = _MONTHS[at.month - 1], _DAYS[at.weekday()]
    return {
        "year": f"{at.year:04}",
        "short_year": f"{at.year % 100:02}",
        "month": f"{at.month:02}",
        "i_month": str(at.month),
        "short_month": month[:3],
        "long_month": month,
        "monthname": month.lower(),
        "day": f"{at.day:02}",
        "i_day": str(at.day),
        "y_day": f"{at.timetuple().tm_yday:03}",
        "yearday": str(at.timetuple().tm_yday),
        "w_year": str(week_year),
        "week": f"{week:02}",
        "w_day": str(weekday),
        "short_day": day[:3],
        "long_day": day,
        "weekday": str(at.isoweekday() % 7),
        "weekdayname": day.lower(),
        "hour": f"{at.hour:02}",
        "minute": f"{at.minute:02}",
        "second": f"{at.second:02}",
    }


def expand(pattern: str, tokens: Mapping[str, str]) -> str | None:
    """Expand a pattern with `:name` tokens; None if it has an unknown token."""
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        # In `:title_of`, the token may be `:title`; the longest known name counts.
        name = match[1]
        while name and name not in tokens:
            name = name[:-1]
        missing = missing or not name
        return tokens.get(name, "") + match[1][len(name) :]

    path = _TOKEN.sub(replace, pattern)
    return None if missing else with_leading_slash(path)


def unknown_tokens(pattern: str, known: Collection[str]) -> list[str]:
    """The unknown tokens in a pattern."""
    names = {*known, *date_tokens(datetime(2000, 1, 1, tzinfo=UTC))}
    return [f":{name}" for name in _TOKEN.findall(pattern) if not any(name.startswith(one) for one in names)]


def with_leading_slash(path: str) -> str:
    """The path with one leading slash and without double slashes."""
    return _SLASHES.sub("/", "/" + path)


def percent_encoded(path: str) -> str:
    """Percent-encode `#`, `?` and lone `%` in the path of a file."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})|[#?]", lambda match: f"%{ord(match[0]):02X}", path)


def path_of(address: str) -> str:
    """The path of a URL or path; '' if it is invalid."""
    if "://" not in address and not address.startswith("//"):
        return with_leading_slash(address)
    try:
        return with_leading_slash(urlsplit(address).path)
    except ValueError:
        return ""


def host_of(address: str) -> str:
    """The host of a URL without `www.`; '' if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def resolve(base: str, address: str) -> str:
    """Resolve an address against a base; '' if it is invalid."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def find_date(path: str) -> str:
    """The date in a path, such as `2014/03/12`, `2014-03-12` or `2014/03`; '' if there is none."""
    match = _DATED.search(path)
    if match is None:
        return ""
    year, month, day = match[1] or match[5], match[3] or match[6], match[4] or "1"
    try:
        return f"{date(int(year), int(month), int(day)):%Y-%m-%d}"
    except ValueError:
        return ""


def parent_paths(paths: Iterable[str]) -> Iterator[str]:
    """The parent paths of these paths, except the root."""
    for path in paths:
        above = path.rpartition("/")[0]
        while above:
            yield above
            above = above.rpartition("/")[0]


def unique(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths without duplicates, empty ones and the root, in order."""
    return tuple(dict.fromkeys(path for path in paths if path and path != "/"))


def strftime(at: datetime, pattern: str) -> str:
    """Format a date like `strftime`, with the directives that occur in addresses and independent of the locale."""
    tokens = date_tokens(at)
    names: dict[str, Callable[[], str]] = {
        "Y": lambda: tokens["year"],
        "y": lambda: tokens["short_year"],
        "m": lambda: tokens["month"],
        "d": lambda: tokens["day"],
        "e": lambda: tokens["i_day"],
        "j": lambda: tokens["y_day"],
        "b": lambda: tokens["short_month"],
        "B": lambda: tokens["long_month"],
        "H": lambda: tokens["hour"],
        "M": lambda: tokens["minute"],
        "S": lambda: tokens["second"],
        "F": lambda: f"{tokens['year']}-{tokens['month']}-{tokens['day']}",
    }
    return re.sub(
        r"%-?([A-Za-z])", lambda match: names[match[1]]() if match[1] in names else match[0], pattern
    )
