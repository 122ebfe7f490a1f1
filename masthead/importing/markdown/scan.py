"""The first look at a folder: what is there, in which dialect, and where each text should be.

Front matter is read, bodies are not kept: an entry is a few hundred bytes, however long the text is.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import Author, Item, Kind, LeftOut, Standing
from masthead.importing.markdown.descriptions import Topic
from masthead.importing.markdown.dialects.base import FOREIGN, HTML, Dialect
from masthead.importing.markdown.dialects.old_site import MARKDOWN
from masthead.importing.markdown.folder import Found, shown
from masthead.importing.urls import permalinks
from masthead.importing.urls.index import Addresses
from masthead.redirects.queries import normal_path
from masthead.text.names import name_key

#: Folders further down are counted with the one above them.
FOLDER_DEPTH: Final = 3
SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A text that can be imported."""

    path: str
    source: str
    kind: Kind
    slug: str
    language: str | None
    #: It is in another language than most of the site.
    is_translation: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that cannot be imported."""

    source: str
    reason: str
    line: int | None = None


@dataclass(slots=True)
class Survey:
    """All that is in a folder."""

    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    #: Files that are no texts, by the ending of their names.
    others: Counter[str] = field(default_factory=Counter)
    addresses: Addresses = field(default_factory=Addresses)

    #: The authors whom posts credit, by what the texts call them, and the topics that files describe and posts name.
    authors: dict[str, Author] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    #: Posts and pages, by folder.
    folders: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    #: The folders above the old addresses of posts, where the old site had lists.
    parents: set[str] = field(default_factory=set)
    #: Some texts, and where they were.
    samples: list[tuple[str, str]] = field(default_factory=list)

    def note(self, path: str, item: Item) -> None:
        """Count a text in its folder, and keep the first few for show."""
        self.folders["/".join(path.split("/")[:-1][:FOLDER_DEPTH]) or ".", item.kind] += 1
        if item.kind is Kind.POST and item.standing is Standing.PUBLISHED:
            self.parents.update(permalinks.parents(normal_path(path) for path in item.old_paths[:1]))
        if item.kind is Kind.POST and item.old_paths and len(self.samples) < SAMPLES:
            self.samples.append((item.source, item.old_paths[0]))

    def described(self) -> Iterator[Author | Topic]:
        """Authors and topics that have a page here."""
        yield from self.authors.values()
        yield from self.topics.values()

    @property
    def posts(self) -> int:
        """How many texts become posts."""
        return sum(count for (_, kind), count in self.folders.items() if kind is Kind.POST)

    @property
    def texts(self) -> int:
        """How many files are texts, or look like some."""
        return len(self.entries) + len(self.left_out) + len(self.failures)


def survey(dialect: Dialect) -> Survey:
    """Look at every file of the folder."""
    found = Survey()
    items: list[Item] = []
    waiting: list[tuple[str, Item | LeftOut]] = []
    describing = dialect.describing()
    for path in _candidates(dialect, found):
        try:
            item = dialect.item(path, dialect.folder.read(path))
        except Unreadable as error:
            found.failures.append(Failure(shown(path), error.message, error.line))
            continue
        if path in describing:
            waiting.append((path, item))
        else:
            _take(dialect, found, items, path, item)
    _meet(dialect, found, items)
    used = dict.fromkeys(one.file for one in found.described() if one.file)
    for path, item in waiting:
        if path not in used:
            _take(dialect, found, items, path, item)
    failed = {failure.source for failure in found.failures}
    # Some lie in folders that hold no texts otherwise, such as Jekyll's `_authors`.
    for path in used:
        if shown(path) not in failed:
            found.left_out.append(LeftOut(shown(path), f"It went to the page of {describing[path]}."))
    _give_addresses(items, found.addresses)
    return found


def _take(dialect: Dialect, found: Survey, items: list[Item], path: str, item: Item | LeftOut) -> None:
    if isinstance(item, LeftOut):
        found.left_out.append(item)
        return
    found.entries.append(
        Entry(path, item.source, item.kind, item.slug, item.language, dialect.is_foreign(item.language))
    )
    found.addresses.place(path, item)
    found.note(path, item)
    items.append(_without_text(item))


def _meet(dialect: Dialect, found: Survey, items: list[Item]) -> None:
    """Note whom posts credit and which of the described topics they name: only these get a page here."""
    posts = [item for item in items if item.kind is Kind.POST]
    for author in (author for item in posts for author in item.authors):
        found.authors.setdefault(author.key, author)
    for tag in dict.fromkeys(tag for item in posts for tag in item.tags):
        topic = dialect.topic(tag)
        if topic is not None:
            found.topics[name_key(tag)] = topic
    for one in found.described():
        found.addresses.add_lists(one.aliases)


def _give_addresses(items: list[Item], addresses: Addresses) -> None:
    """Own addresses count more than aliases, and those of what readers see more than those of a draft."""
    public = [item for item in items if item.standing is Standing.PUBLISHED]
    hidden = [item for item in items if item.standing is not Standing.PUBLISHED]
    for group in (public, hidden):
        for item in group:
            addresses.own(item)
        for item in group:
            addresses.alias(item)
    addresses.fold()


def _candidates(dialect: Dialect, found: Survey) -> Iterator[str]:
    for file in dialect.folder.walk(dialect.enters):
        ending = PurePosixPath(file.path).suffix.lower()
        name = file.path.rpartition("/")[2]
        if not isinstance(file, Found):
            found.failures.append(Failure(shown(file.path), file.reason))
        elif name.startswith((".", "~", "#")):
            found.others[ending or name] += 1
        elif ending in FOREIGN:
            reason = f"It is written in {FOREIGN[ending]}, which Masthead does not read."
            found.left_out.append(LeftOut(shown(file.path), reason))
        elif ending in MARKDOWN or (ending in HTML and dialect.reads_html(file.path)):
            yield file.path
        else:
            found.others[ending or "without ending"] += 1


def _without_text(item: Item) -> Item:
    return replace(item, body="", notes=(), variables=(), front_matter={})
