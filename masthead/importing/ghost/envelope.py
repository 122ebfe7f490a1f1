"""The tables of Ghost's JSON export, from any of its versions and shapes."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from masthead.errors import Invalid
from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.reading.dates import parse_date
from masthead.importing.texts.archive import ExportArchive

Row = Mapping[str, Any]
#: Times in milliseconds are later than any in seconds.
_MILLISECONDS: Final = 100_000_000_000


class GhostTables:
    """The tables of an export. Numbers of rows are compared as text: they were integers once."""

    def __init__(self, document: Any) -> None:
        self.version = ""
        self._tables: dict[str, list[Row]] = {}
        for part in _databases(document):
            meta = part.get("meta")
            self.version = self.version or (str(meta.get("version", "")) if isinstance(meta, dict) else "")
            data = part.get("data") if isinstance(part.get("data"), dict) else part
            for name, rows in (data or {}).items():
                if isinstance(rows, list):
                    found = [_unwrapped(row) for row in rows if isinstance(row, dict)]
                    self._tables.setdefault(name, []).extend(found)
        if "posts" not in self._tables:
            raise SourceNotFound("This JSON is not an export of Ghost: it has no table of posts.")

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; none if the export does not have it."""
        return self._tables.get(table, [])

    def by_id(self, table: str) -> dict[str, Row]:
        """The rows of a table by their number."""
        return {text(row, "id"): row for row in self.rows(table) if text(row, "id")}

    def linked(self, table: str, near: str, far: str) -> dict[str, list[str]]:
        """The far numbers for each near one in a table of links, in the table's order."""
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for place, row in enumerate(self.rows(table)):
            order = row.get("sort_order")
            found[text(row, near)].append((order if isinstance(order, int) else place, text(row, far)))
        return {
            key: [number for _, number in sorted(pairs, key=lambda pair: pair[0])]
            for key, pairs in found.items()
        }

    def setting(self, *names: str) -> str:
        """The value of the first of these settings that is there."""
        for row in self.rows("settings"):
            if text(row, "key") in names and text(row, "value"):
                return text(row, "value")
        return ""


def read(archive: ExportArchive | None, content: str) -> GhostTables:
    """Read a JSON file, or the one in a ZIP; raises `SourceNotFound`."""
    if archive is not None:
        content = _json_of(archive)
    try:
        return GhostTables(json.loads(content))
    except json.JSONDecodeError as error:
        raise SourceNotFound(
            f"This is not an export of Ghost: line {error.lineno} is not JSON ({error.msg})."
        ) from None
    except (RecursionError, ValueError):
        raise SourceNotFound("This is not an export of Ghost: its JSON is nested too deep.") from None


def _json_of(archive: ExportArchive) -> str:
    names = [
        name for name in archive.names() if name.lower().endswith(".json") and "redirects" not in name.lower()
    ]
    # The export lies at the top, or in `data`; a theme's package.json lies deeper.
    names.sort(key=lambda name: ("ghost" not in name.lower(), name.count("/"), name))
    for name in names[:20]:
        try:
            content = archive.text(name)
        except Unreadable as error:
            raise SourceNotFound(error.message) from None
        if '"posts"' in content:
            return content
    raise SourceNotFound("There is no export of Ghost (a JSON file with posts) in this ZIP.")


def _databases(document: Any) -> Iterator[dict[str, Any]]:
    match document:
        case {"db": list(parts)}:
            yield from (part for part in parts if isinstance(part, dict))
        case {"db": dict(part)}:
            yield part
        case dict():
            yield document
        case _:
            raise SourceNotFound("This JSON is not an export of Ghost.")


def _unwrapped(row: Row) -> Row:
    """A row; tools that make exports wrap it in an object with its old address."""
    data = row.get("data")
    return {"url": row.get("url"), **data} if isinstance(data, dict) else row


def text(row: Row, *names: str) -> str:
    """The first of these columns that says something, as text."""
    for name in names:
        value = row.get(name)
        if value is not None and value != "" and not isinstance(value, dict | list | bool):
            return re.sub(r"[\ud800-\udfff\0]", "\ufffd", str(value))
    return ""


def flag(row: Row, name: str) -> bool:
    """Check if a column is set: true or 1."""
    return row.get(name) in {True, "1", "true"}


def date(row: Row, *names: str) -> datetime | None:
    """The first of these columns that is a date: ISO, SQL, or milliseconds since 1970."""
    for name in names:
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return datetime.fromtimestamp(value / 1_000 if abs(value) > _MILLISECONDS else value, UTC)
            except (ValueError, OverflowError, OSError):
                continue
        if isinstance(value, str) and value:
            try:
                return parse_date(value, UTC)
            except (ValueError, Invalid):
                continue
    return None


def children(row: Row, name: str) -> Iterable[Row]:
    """The rows that a row holds itself, in exports that tools have made."""
    value = row.get(name)
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield _unwrapped(one)
        elif isinstance(one, str) and one:
            yield {"name": one, "slug": one}
