"""The values of front matter, and access to them by name."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final, TypeAlias

from masthead.importing.errors import Unreadable
from masthead.importing.reading.decoding import storable

Value: TypeAlias = "str | int | float | bool | datetime | date | time | list[Value] | dict[str, Value] | None"

MAX_DEPTH: Final = 40
_FALSE: Final = frozenset({"", "false", "no", "off", "n", "0", "null", "none"})

#: Fields that only control how the theme shows a text; the report does not list them as lost.
THEME_FIELDS: Final = frozenset(
    {
        "layout",
        "template",
        "type",
        "cascade",
        "excerpt_separator",
        "permalink",
        "weight",
        "order",
        "eleventynavigation",
        "nav_order",
        "menu",
    }
)


class PlainScalar(str):
    """A YAML scalar without quotation marks; `resolved` gives it as number or boolean."""

    __slots__ = ()

    def resolved(self) -> "str | int | float | bool":
        """The value by the rules of YAML 1.1."""
        lowered = self.lower()
        if lowered in {"true", "yes", "on"}:
            return True
        if lowered in {"false", "no", "off"}:
            return False
        if re.fullmatch(r"[-+]?(?:0|[1-9]\d{0,17})", self):
            return int(self)
        return float(self) if re.fullmatch(r"[-+]?\d{1,17}\.\d{1,17}", self) else str(self)


class FrontMatterFields:
    """Access to front matter by name, ignoring case, hyphens and underscores; `cover.image` is a nested name.

    It records which fields were read, so that the report can list the others as lost.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        lines: Mapping[str, int] | None = None,
        defaults: Mapping[str, Value] | None = None,
    ) -> None:
        self._own = {_plain_name(name): (name, value) for name, value in values.items()}
        self._defaults = {_plain_name(name): (name, value) for name, value in (defaults or {}).items()}
        self._lines = lines or {}
        self._read: set[str] = set()

    def value(self, *names: str) -> Value:
        """The first of the named values that is not empty."""
        for name in names:
            found = self._find(_plain_name(name))
            if not is_empty(found):
                return found
        return None

    def text(self, *names: str) -> str:
        """The first of the named values that is a non-empty scalar, as stripped text; '' if there is none."""
        for name in names:
            value = self.value(name)
            if not isinstance(value, (list, dict)):
                text = as_text(value).strip()
                if text:
                    return text
        return ""

    def raw_values(self) -> dict[str, Value]:
        """All names and values as the file has them."""
        return dict(self._own.values())

    def scalars(self) -> Iterator[tuple[str, Value]]:
        """The names and values except lists and mappings."""
        for written, value in self._own.values():
            if not isinstance(value, (list, dict)):
                yield written, value

    def has(self, name: str) -> bool:
        """Check if the field exists, even if it is empty."""
        return _plain_name(name) in self._own or _plain_name(name) in self._defaults

    def flag(self, name: str) -> bool | None:
        """The field as boolean; None if it does not exist."""
        return is_true(self._find(_plain_name(name))) if self.has(name) else None

    def line(self, *names: str) -> int | None:
        """The line in the file of the first field that exists."""
        for name in names:
            written = self._own.get(_plain_name(name).partition(".")[0])
            if written is not None:
                return self._lines.get(written[0])
        return None

    def mark_read(self, *names: str) -> None:
        """Mark fields as read."""
        self._read.update(_plain_name(name).partition(".")[0] for name in names)

    def unread(self) -> Iterator[str]:
        """The names of non-empty fields of the file that were not read."""
        for name, (written, value) in self._own.items():
            # `hero: false` counts as empty.
            if name not in self._read and is_true(value):
                yield written

    def _find(self, name: str) -> Value:
        first, *rest = name.split(".")
        found = self._own.get(first) or self._defaults.get(first)
        if found is None:
            return None
        value = found[1]
        for part in rest:
            if not isinstance(value, dict):
                return None
            value = next((inner for key, inner in value.items() if _plain_name(key) == part), None)
        if not is_empty(value):
            self._read.add(first)
        return value


@lru_cache(maxsize=2_000)
def _plain_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_").strip()


def is_empty(value: Value) -> bool:
    """Check if a value is empty."""
    return value is None or value == "" or value == [] or value == {}


def is_true(value: Value) -> bool:
    """Check if a value is true in the spellings of YAML 1.1, TOML and JSON."""
    return as_text(value).strip().casefold() not in _FALSE


def as_text(value: Value) -> str:
    """A value as text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return ", ".join(as_text(item) for item in value)
        case dict():
            return ", ".join(f"{key}: {as_text(item)}" for key, item in value.items())
        case _:
            return str(value)


def as_list(value: Value) -> list[Value]:
    """A value as list without empty entries; a scalar becomes a list of one."""
    if isinstance(value, list):
        return [item for item in value if not is_empty(item)]
    return [] if is_empty(value) else [value]


def without_unstorable(value: Value, *, depth: int = 0) -> Value:
    """Remove characters that cannot be stored; raises `Unreadable` if the nesting is too deep."""
    if depth > MAX_DEPTH:
        raise Unreadable(f"The front matter is nested more than {MAX_DEPTH} levels deep.")
    match value:
        case PlainScalar():
            return PlainScalar(storable(value))
        case str():
            return storable(value)
        case list():
            return [without_unstorable(item, depth=depth + 1) for item in value]
        case dict():
            return {storable(key): without_unstorable(item, depth=depth + 1) for key, item in value.items()}
        case _:
            return value
