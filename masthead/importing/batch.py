"""The options of an import, and the batches in which it stores items."""

from dataclasses import dataclass, field
from typing import Final

from masthead.audit.recording import Actor
from masthead.importing.image_import import ImportedImage
from masthead.importing.items import ImportNote, ItemFailure, ItemOutcome
from masthead.importing.preparation.preparer import PreparedItem
from masthead.importing.site_data import SiteRecord

WRITTEN: Final = frozenset({ItemOutcome.IMPORTED, ItemOutcome.UPDATED})


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Options of an import that do not depend on the source."""

    dry_run: bool = False
    #: The user name of the owner; None for the first administrator.
    author: str | None = None
    #: The name of the source; None for its default name.
    source: str | None = None
    processes: int = 1
    #: Queue jobs that copy images of other sites.
    fetch_images: bool = False
    #: The person who asked for the import, for the audit log; None for the shell.
    by: Actor | None = None


@dataclass(slots=True)
class ImportBatch:
    """Items that share a transaction, and their outcomes by source name."""

    results: list[PreparedItem | ItemFailure] = field(default_factory=list)
    outcomes: dict[str, ItemOutcome] = field(default_factory=dict)
    failures: dict[str, ItemFailure] = field(default_factory=dict)
    notes: dict[str, tuple[ImportNote, ...]] = field(default_factory=dict)
    #: Authors, tags, redirects and images to restore; they have batches of their own, before the items.
    records: list[SiteRecord | ImportedImage] = field(default_factory=list)

    def prepared(self) -> list[PreparedItem]:
        """The items that could be read."""
        return [result for result in self.results if isinstance(result, PreparedItem)]

    def readable(self) -> list[PreparedItem]:
        """The items that could be read and stored."""
        return [one for one in self.prepared() if one.item.source not in self.failures]

    def to_write(self) -> list[PreparedItem]:
        """The items that change something."""
        return [one for one in self.prepared() if self.outcomes[one.item.source] in WRITTEN]
