"""The filters that Jekyll adds to Liquid, and the values that they work on. What cannot be known exactly is refused."""

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

#: Of one text, and so of what one filter makes.
MAX_OUTPUT_BYTES: Final = 500_000
_DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:\D|$)")


class RenderLimitExceeded(LiquidError):
    """A template works longer than texts need."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class UnknownValue(LiquidError):
    """A template asks for something that only the old site's generator knew."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class KnownMapping(dict[str, object]):
    """A mapping. If it is known whole, what is not there is nothing, as in Jekyll, but for the names that are not known."""

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
        # A list writes its entries so.
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
            # As Ruby writes it; a filter for dates reads it again.
            return f"{value:%Y-%m-%d %H:%M:%S} {value.strftime('%z') or '+0000'}"
        case date():
            return value.isoformat()
        case _:
            return value


def to_text(value: object) -> str:
    """A value as Liquid writes it."""
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
    """The entries whose property is this, compared as words, or holds it."""
    wanted = to_text(target)

    def fits(entry: object) -> bool:
        found = _property(entry, to_text(name))
        return wanted in map(to_text, found) if isinstance(found, list) else to_text(found) == wanted

    return [entry for entry in entries(value) if fits(entry)]


def group_by(value: object, name: object) -> list[KnownMapping]:
    """The entries by a property, in the order in which its values come."""
    groups: dict[str, list[Any]] = {}
    for entry in entries(value):
        groups.setdefault(to_text(_property(entry, to_text(name))), []).append(entry)
    return [
        KnownMapping({"name": name, "items": items, "size": len(items)}) for name, items in groups.items()
    ]


def replace(value: object, old: object, new: object = "") -> str:
    """As Liquid's own, with a look at how long the result becomes."""
    text, wanted, written = to_text(value), to_text(old), to_text(new)
    if (text.count(wanted) + 1) * (len(written) + 1) + len(text) > MAX_OUTPUT_BYTES:
        raise RenderLimitExceeded("this text becomes too long")
    return text.replace(wanted, written)


def join(value: object, glue: object = " ") -> str:
    """As Liquid's own, with a look at how long the result becomes."""
    words = list(map(to_text, value)) if isinstance(value, (list, tuple)) else [to_text(value)]
    if len(words) * len(to_text(glue)) > MAX_OUTPUT_BYTES:
        raise RenderLimitExceeded("this text becomes too long")
    return to_text(glue).join(words)


def unchanged(value: object) -> str:
    """The value itself: addresses are written from the root of the site, and links are looked up later."""
    return to_text(value)


def jsonify(value: object) -> str:
    """JSON as Ruby writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def array_to_sentence_string(value: object, connector: object = "and") -> str:
    """`a, b, and c`."""
    words = list(map(to_text, entries(value)))
    if len(words) < 3:
        return f" {to_text(connector)} ".join(words)
    return f"{', '.join(words[:-1])}, {to_text(connector)} {words[-1]}"


def uri_escape(value: object) -> str:
    """Percent codes for what an address cannot hold."""
    return quote(to_text(value), safe="!#$&'()*+,/:;=?@[]~%")


def cgi_escape(value: object) -> str:
    """Percent codes as forms send them."""
    return quote(to_text(value), safe="*").replace("%20", "+")


def number_of_words(value: object) -> int:
    """The words between white space."""
    return len(to_text(value).split())


def push(value: object, entry: object) -> list[Any]:
    """The list with an entry more."""
    return [*entries(value), entry]


def unshift(value: object, entry: object) -> list[Any]:
    """The list with an entry in front."""
    return [entry, *entries(value)]


def pop(value: object, count: int = 1) -> list[Any]:
    """The list without its last entries."""
    found = entries(value)
    return found[: max(len(found) - int(count), 0)]


def shift(value: object, count: int = 1) -> list[Any]:
    """The list without its first entries."""
    return entries(value)[max(int(count), 0) :]


def _dated(pattern: str) -> Callable[[object], str]:
    def written(value: object) -> str:
        return format_date(value, pattern)

    return written


def slugify(value: object, mode: object = "default") -> str:
    """Jekyll's slug in the usual mode."""
    if to_text(mode) != "default":
        raise UnknownValue("this mode is not known")
    return slug_rules.jekyll(to_text(value))


_PLAIN: Final = Environment()
_date: Final = partial(_PLAIN.filters["date"], environment=_PLAIN)


def format_date(value: object, pattern: object) -> str:
    """A date by a pattern; today is not known, since the text was built another day."""
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
