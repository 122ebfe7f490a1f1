"""The first pass over a folder: reads the front matter of every file and keeps no bodies."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import Item, ItemFailure, ItemKind, PublicationStatus, ScannedItem, SkippedItem
from masthead.importing.markdown.dialect import UNSUPPORTED_MARKUP, Dialect
from masthead.importing.markdown.file_index import FileIndex
from masthead.importing.markdown.folder import FolderFile
from masthead.importing.markdown.site_settings import HTML_EXTENSIONS, MARKDOWN_EXTENSIONS
from masthead.importing.reading.plain_text import printable
from masthead.importing.scan import ScanResult

#: Deeper folders are counted with their ancestor at this depth.
FOLDER_DEPTH: Final = 3


class FolderScan:
    """Scans the folder of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.result = ScanResult()
        self.files = FileIndex()
        self._dialect = dialect
        self._items: list[Item] = []

    def run(self) -> None:
        """Read every file of the folder."""
        waiting: list[tuple[str, Item | SkippedItem]] = []
        description_files = self._dialect.description_files()
        for path in self._candidates():
            try:
                item = self._dialect.item(path, self._dialect.folder.read(path))
            except Unreadable as error:
                self.result.failures.append(ItemFailure(printable(path), error.message, error.line))
                continue
            if path in description_files:
                waiting.append((path, item))
            else:
                self._add(path, item)
        self._find_described()
        used = dict.fromkeys(one.file for one in self.result.described() if one.file)
        for path, item in waiting:
            if path not in used:
                self._add(path, item)
        failed = {failure.source for failure in self.result.failures}
        # Some of them are in folders without other texts, such as Jekyll's `_authors`.
        for path in used:
            if printable(path) not in failed:
                reason = f"It went to the page of {description_files[path]}."
                self.result.skipped.append(SkippedItem(printable(path), reason))
        public = [item for item in self._items if item.status is PublicationStatus.PUBLISHED]
        hidden = [item for item in self._items if item.status is not PublicationStatus.PUBLISHED]
        self.result.addresses.claim(public, hidden)

    def _add(self, path: str, item: Item | SkippedItem) -> None:
        if isinstance(item, SkippedItem):
            self.result.skipped.append(item)
            return
        is_translation = self._dialect.is_translation(item.language)
        scanned = ScannedItem(path, item.source, item.kind, item.slug, item.language, is_translation)
        group = "/".join(path.split("/")[:-1][:FOLDER_DEPTH]) or "."
        self.result.add(scanned, item, group=group)
        self.files.add(path, item.source)
        self._items.append(item.without_body())

    def _find_described(self) -> None:
        """Collect the authors whom posts credit and the described topics that they name; only these get a page."""
        posts = [item for item in self._items if item.kind is ItemKind.POST]
        for author in (author for item in posts for author in item.authors):
            self.result.credit(author)
        for tag in dict.fromkeys(tag for item in posts for tag in item.tags):
            topic = self._dialect.topic(tag)
            if topic is not None:
                self.result.describe_tag(tag, topic)
        for one in self.result.described():
            self.result.addresses.add_lists(one.aliases)

    def _candidates(self) -> Iterator[str]:
        """The files that may be texts; all others are counted, skipped or reported here."""
        for file in self._dialect.folder.walk(self._dialect.descends_into):
            extension = PurePosixPath(file.path).suffix.lower()
            name = file.path.rpartition("/")[2]
            if not isinstance(file, FolderFile):
                self.result.failures.append(ItemFailure(printable(file.path), file.reason))
            elif name.startswith((".", "~", "#")):
                self.result.other_files[extension or name] += 1
            elif extension in UNSUPPORTED_MARKUP:
                reason = f"It is written in {UNSUPPORTED_MARKUP[extension]}, which Masthead does not read."
                self.result.skipped.append(SkippedItem(printable(file.path), reason))
            elif extension in MARKDOWN_EXTENSIONS or (
                extension in HTML_EXTENSIONS and self._dialect.reads_html(file.path)
            ):
                yield file.path
            else:
                self.result.other_files[extension or "without ending"] += 1
