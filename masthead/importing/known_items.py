"""The items that earlier imports of a source have stored, in a temporary file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from masthead.importing.items import ItemKind
from masthead.importing.models import ImportedItem
from masthead.importing.temporary import TemporaryMapping

_COLUMNS: Final = (
    "id", "key", "source", "path", "kind", "post_id", "page_id", "wanted_slug", "slug", "fingerprint", "version",
    "comments_fingerprint",
)  # fmt: skip
_ROWS_AT_ONCE: Final = 500


class KnownItems(Mapping[str, ImportedItem]):
    """Imported items by their name in the source; the rows are copies that belong to no session."""

    def __init__(self) -> None:
        self._rows = TemporaryMapping()

    def __getitem__(self, source: str) -> ImportedItem:
        return ImportedItem(**dict(zip(_COLUMNS, self._rows[source], strict=True)))

    def __contains__(self, source: object) -> bool:
        return source in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, source: str, item: ImportedItem) -> None:
        """Add an item."""
        self.add_row(source, [getattr(item, name) for name in _COLUMNS])

    def add_row(self, source: str, row: Iterable[object]) -> None:
        """Add an item by its columns."""
        self._rows[source] = list(row)


def items_of_source(session: Session, source: str) -> KnownItems:
    """The items that were imported from a source."""
    found = KnownItems()
    texts = ImportedItem.kind.in_([kind.value for kind in ItemKind])
    columns = [getattr(ImportedItem, name) for name in _COLUMNS]
    rows = session.execute(
        select(*columns).where(ImportedItem.source == source, texts),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    for row in rows:
        found.add_row(row.path, row)
    return found
