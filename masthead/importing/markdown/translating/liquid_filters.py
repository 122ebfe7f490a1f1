"""Jekyll's Liquid filters and the values that they work on. A value that cannot be known raises `UnknownValue`."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from liquid import Environment
from liquid.exceptions import LiquidError

from masthead.importing.reading.fields import PlainScalar
from masthead.importing.urls import slug_rules

#: The limit of the output of one text, and so of one filter.
MAX_OUTPUT_BYTES: Final = 500_000
_DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:\D|$)")


class RenderLimitExceeded(LiquidError):
    """A template needs too much time or output."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class UnknownValue(LiquidError):
    """A template depends on something that only the old site's generator knew."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class KnownMapping(dict[str, object]):
    """A mapping for templates. Missing names are nil as in Jekyll if ``whole``; ``unknown`` names raise `KeyError`."""

    def __init__(
        self, values: Mapping[str, object], *, whole: bool = True, unknown: Iterable[str] = ()
    ) -> None:
        super().__init__((name, _known(value)) for name, value in values.items())
        self._whole = whole
        self._unknown = frozenset(unknown)

    def __missing__(self, name: str) -> object:
        if not self._whole or name in self._unknown:
            raise KeyError(name)
        return None

    def __str__(self) -> str:
        raise UnknownValue("a mapping has no words")

    def __repr__(self) -> str:
        # Lists write their entries with this method.
        raise UnknownValue("a mapping has no words")


def _known(value: object) -> object:
    match value:
        case PlainScalar():
            return value.resolved()
        case KnownMapping():
            return value
        case dict():
            return KnownMapping(value)
        case list():
            return [_known(one) for one in value]
        case datetime():
            # The format of Ruby, which the date filters parse.
            return f"{value:%Y-%m-%d %H:%M:%S} {value.strftime('%z') or '+0000'}"
        case date():
            return value.isoformat()
        case _:
            return value


def to_text(value: object) -> str:
    """Convert a value to text as Liquid does."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return "".join(map(to_text, value))
        case _:
            return str(value)


def entries(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if not isinstance(value, (list, tuple)):
        raise UnknownValue("this is no list")
    return list(value)


def _property(entry: object, name: str) -> object:
    for part in name.split("."):
        entry = entry.get(part) if isinstance(entry, dict) else None
    return entry


def where(value: object, name: object, target: object) -> list[Any]:
    """Jekyll's `where`: the entries whose property equals a value, or is a list that contains it."""
    wanted = to_text(target)

    def fits(entry: object) -> bool:
        found = _property(entry, to_text(name))
        return wanted in map(to_text, found) if isinstance(found, list) else to_text(found) == wanted

    return [entry for entry in entries(value) if fits(entry)]


def group_by(value: object, name: object) -> list[KnownMapping]:
    """Jekyll's `group_by`: the entries grouped by a property, in order of first occurrence."""
    groups: dict[str, list[Any]] = {}
    for entry in entries(value):
        groups.setdefault(to_text(_property(entry, to_text(name))), []).append(entry)
    return [
        KnownMapping({"name": name, "items": items, "size": len(items)}) for name, items in groups.items()
    ]


def replace(value: object, old: object, new: object = "") -> str:
    """Liquid's `replace` with a limit of the output."""
    text, wanted, written = to_text(value), to_text(old), to_text(new)
    if (text.count(wanted) + 1) * (len(written) + 1) + len(text) > MAX_OUTPUT_BYTES:
        raise RenderLimitExceeded("this text becomes too long")
    return text.replace(wanted, written)


def join(value: object, glue: object = " ") -> str:
    """Liquid's `join` with a limit of the output."""
    words = list(map(to_text, value)) if isinstance(value, (list, tuple)) else [to_text(value)]
    if len(words) * len(to_text(glue)) > MAX_OUTPUT_BYTES:
        raise RenderLimitExceeded("this text becomes too long")
    return to_text(glue).join(words)


def unchanged(value: object) -> str:
    """`relative_url` and `absolute_url`: no change, because the link rewriter handles addresses later."""
    return to_text(value)


def jsonify(value: object) -> str:
    """JSON in Ruby's format."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def array_to_sentence_string(value: object, connector: object = "and") -> str:
    """Join words as `a, b, and c`."""
    words = list(map(to_text, entries(value)))
    if len(words) < 3:
        return f" {to_text(connector)} ".join(words)
    return f"{', '.join(words[:-1])}, {to_text(connector)} {words[-1]}"


def uri_escape(value: object) -> str:
    """Percent-encode characters that are not allowed in an address."""
    return quote(to_text(value), safe="!#$&'()*+,/:;=?@[]~%")


def cgi_escape(value: object) -> str:
    """Percent-encode as in a query string."""
    return quote(to_text(value), safe="*").replace("%20", "+")


def number_of_words(value: object) -> int:
    """The number of words."""
    return len(to_text(value).split())


def push(value: object, entry: object) -> list[Any]:
    """Append an entry."""
    return [*entries(value), entry]


def unshift(value: object, entry: object) -> list[Any]:
    """Insert an entry at the beginning."""
    return [entry, *entries(value)]


def pop(value: object, count: int = 1) -> list[Any]:
    """Remove the last entries."""
    found = entries(value)
    return found[: max(len(found) - int(count), 0)]


def shift(value: object, count: int = 1) -> list[Any]:
    """Remove the first entries."""
    return entries(value)[max(int(count), 0) :]


def _dated(pattern: str) -> Callable[[object], str]:
    def written(value: object) -> str:
        return format_date(value, pattern)

    return written


def slugify(value: object, mode: object = "default") -> str:
    """Jekyll's slug in the default mode."""
    if to_text(mode) != "default":
        raise UnknownValue("this mode is not known")
    return slug_rules.jekyll(to_text(value))


_PLAIN: Final = Environment()
_date: Final = partial(_PLAIN.filters["date"], environment=_PLAIN)


def format_date(value: object, pattern: object) -> str:
    """Format a date; "now" and "today" are unknown, because the text was built on another day."""
    if not _DAY.match(to_text(value)):
        raise UnknownValue("the day on which the site was built")
    return str(_date(to_text(value), to_text(pattern)))


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "where": where,
    "group_by": group_by,
    "replace": replace,
    "join": join,
    "relative_url": unchanged,
    "absolute_url": unchanged,
    "jsonify": jsonify,
    "array_to_sentence_string": array_to_sentence_string,
    "uri_escape": uri_escape,
    "cgi_escape": cgi_escape,
    "number_of_words": number_of_words,
    "push": push,
    "unshift": unshift,
    "pop": pop,
    "shift": shift,
    "slugify": slugify,
    "date": format_date,
    "date_to_string": _dated("%d %b %Y"),
    "date_to_long_string": _dated("%d %B %Y"),
}
