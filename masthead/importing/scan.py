"""The result of the first pass over a source."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from masthead.importing.items import (
    Item,
    ItemFailure,
    ItemKind,
    PublicationStatus,
    ScannedItem,
    SkippedItem,
    SourceAuthor,
    TopicDescription,
)
from masthead.importing.scanned_items import ScannedItems
from masthead.importing.urls import permalinks
from masthead.importing.urls.index import AddressIndex
from masthead.redirects.queries import normal_path
from masthead.text.names import name_key

MAX_SAMPLES: Final = 3


@dataclass(slots=True)
class ScanResult:
    """Everything that the import needs to plan, without the bodies."""

    items: ScannedItems = field(default_factory=ScannedItems)
    skipped: list[SkippedItem] = field(default_factory=list)
    failures: list[ItemFailure] = field(default_factory=list)
    #: Files that are not items, by extension.
    other_files: Counter[str] = field(default_factory=Counter)
    addresses: AddressIndex = field(default_factory=AddressIndex)
    #: The authors whom posts credit, by key.
    authors: dict[str, SourceAuthor] = field(default_factory=dict)
    #: The descriptions of tags that posts have, by the key of the tag's name.
    topics: dict[str, TopicDescription] = field(default_factory=dict)
    #: The number of posts and pages in each group; a folder's groups are its folders.
    groups: Counter[tuple[str, ItemKind]] = field(default_factory=Counter)
    #: The paths above the addresses of public posts, where the old site had lists of posts.
    parents: set[str] = field(default_factory=set)
    #: A few posts with their old addresses, for the plan.
    samples: list[tuple[str, str]] = field(default_factory=list)

    def add(self, scanned: ScannedItem, item: Item, *, group: str) -> None:
        """Add an item. When all are added, the source claims their addresses with `addresses.claim`."""
        self.items.append(scanned)
        self.addresses.add(scanned.locator, item)
        self.groups[group, item.kind] += 1
        if item.kind is not ItemKind.POST:
            return
        if item.status is PublicationStatus.PUBLISHED:
            self.parents.update(permalinks.parent_paths(normal_path(path) for path in item.old_paths[:1]))
        if item.old_paths and len(self.samples) < MAX_SAMPLES:
            self.samples.append((item.source, item.old_paths[0]))

    def credit(self, author: SourceAuthor) -> None:
        """Add an author whom a post credits; the first of a key counts."""
        self.authors.setdefault(author.key, author)

    def describe_tag(self, tag: str, topic: TopicDescription) -> None:
        """Add the description of a tag that a post has."""
        self.topics[name_key(tag)] = topic

    def described(self) -> Iterator[SourceAuthor | TopicDescription]:
        """The authors and topics that get a page."""
        yield from self.authors.values()
        yield from self.topics.values()

    @property
    def posts(self) -> int:
        """The number of items that become posts."""
        return sum(count for (_, kind), count in self.groups.items() if kind is ItemKind.POST)

    @property
    def total(self) -> int:
        """The number of items, skipped items and failures."""
        return len(self.items) + len(self.skipped) + len(self.failures)
