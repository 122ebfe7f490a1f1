"""The state of one import of an archive."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from masthead.archive.parsing import ArchiveIndex
from masthead.archive.reading import ArchiveReader


class RestoreOutcome(StrEnum):
    """The outcome of a post, a page or a file of an archive; the words are those of every import."""

    IMPORTED = "imported"
    #: It is here already, as it is in the archive.
    UNCHANGED = "unchanged"
    #: Something else is here under its name, and stays.
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RestoredItem:
    """The outcome of one member of an archive."""

    source: str
    kind: str
    outcome: RestoreOutcome
    title: str = ""
    status: str = ""
    reason: str = ""
    comments: int = 0


class OwnLinks(Protocol):
    """Turns links to the publication's old URL into paths."""

    def rewrite(self, text: str) -> str:
        """Rewrite the links in a text."""

    def address(self, written: str) -> str:
        """The new form of an address."""


@dataclass(slots=True)
class RestoreRun:
    """The archive, what is known of the rows here, and where outcomes go."""

    archive: ArchiveReader
    index: ArchiveIndex
    at: datetime
    tell: Callable[[RestoredItem], None]
    dry_run: bool = False
    #: True if there was nothing here but the first texts of a new publication.
    is_into_empty: bool = False
    #: Ids of rows here, by their names in the archive.
    roles: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    #: None if links stay as they are.
    own_links: OwnLinks | None = None
    #: Sentences for the report.
    problems: list[str] = field(default_factory=list)
    #: Rows that were written, by what they are.
    written: Counter[str] = field(default_factory=Counter)

    def localized(self, found: dict[str, Any]) -> dict[str, Any]:
        """The values of a text's columns, with links to the old URL as paths."""
        if self.own_links is None:
            return found
        addresses = {
            name: self.own_links.address(found[name])
            for name in ("lead_image", "card_image")
            if found.get(name)
        }
        return found | addresses | {"body": self.own_links.rewrite(found["body"])}

    def user(self, name: object) -> int | None:
        """The id of an account of the archive; None for none."""
        return None if name is None else self.users[str(name)]
