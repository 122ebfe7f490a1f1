"""The items of a scan, in a temporary file."""

from collections.abc import Iterable, Iterator
from typing import Final

from masthead.importing.items import ItemKind, ScannedItem
from masthead.importing.temporary import TemporaryDatabase, text_of

_SCHEMA: Final = """
CREATE TABLE scanned (
    id INTEGER PRIMARY KEY, locator TEXT, source TEXT, kind TEXT, slug TEXT, language TEXT, is_translation INTEGER
);
CREATE INDEX scanned_source ON scanned (source);
"""
_COLUMNS: Final = "locator, source, kind, slug, language, is_translation"
_INSERT: Final = f"INSERT INTO scanned ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 (constants)
_PAGE: Final = 500


class ScannedItems:
    """A sequence of items that is only added to."""

    def __init__(self, items: Iterable[ScannedItem] = ()) -> None:
        self._database = TemporaryDatabase(_SCHEMA)
        self._count = 0
        for item in items:
            self.append(item)

    def append(self, item: ScannedItem) -> None:
        """Add an item."""
        self._count += 1
        values = (item.locator, item.source, item.kind.value, item.slug, item.language, item.is_translation)
        self._database.execute(_INSERT, values)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ScannedItem]:
        return self._where("TRUE")

    def redirects_last(self) -> Iterator[ScannedItem]:
        """The items in their order, redirects after their targets."""
        yield from self._where("kind <> 'redirect'")
        yield from self._where("kind = 'redirect'")

    def has(self, source: str) -> bool:
        """Check if an item has this name."""
        return self._database.one("SELECT 1 FROM scanned WHERE source = ?", source) is not None

    def _where(self, condition: str) -> Iterator[ScannedItem]:
        """The items page by page, so that nothing is open meanwhile."""
        last = 0
        statement = (
            f"SELECT id, {_COLUMNS} FROM scanned WHERE id > ? AND {condition} ORDER BY id LIMIT {_PAGE}"  # noqa: S608 (constants)
        )
        while rows := self._database.execute(statement, (last,)).fetchall():
            for last, locator, source, kind, slug, language, is_translation in rows:  # noqa: B007 (used by the loop above)
                yield ScannedItem(
                    text_of(locator), text_of(source), ItemKind(kind), slug, language, bool(is_translation)
                )
