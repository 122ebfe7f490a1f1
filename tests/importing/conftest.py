"""Small sites, written for the tests."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from masthead.importing.items import Fate, Item
from masthead.importing.markdown.detection import dialect_of
from masthead.importing.markdown.dialects.base import Dialect
from masthead.importing.markdown.dialects.old_site import Options
from masthead.importing.markdown.folder import Folder
from masthead.importing.markdown.scan import Survey, survey
from masthead.importing.markdown.translating.translation import Translated, translate
from masthead.importing.preparation.image_import import Gallery

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WRITTEN = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


@dataclass
class Site:
    """A folder as the reading half of the import sees it; new addresses are `/new/<slug>`."""

    dialect: Dialect
    found: Survey
    items: dict[str, Item] = field(default_factory=dict)

    @cached_property
    def gallery(self) -> Gallery:
        """The folder's pictures; none is written."""
        return Gallery(self.dialect.folder, None, limit_bytes=2_000_000, known={})

    def __getitem__(self, path: str) -> Item:
        return self.items[path]

    def translated(self, path: str) -> Translated:
        """The body of a text."""
        return translate(self.dialect, self.found.addresses, self.gallery, path, self.items[path])

    def body(self, path: str) -> str:
        """The body of a text in Masthead's Markdown."""
        return self.translated(path).body

    def left_out(self) -> dict[str, str]:
        """What stays out, and why."""
        return {item.source: item.reason for item in self.found.left_out}

    def failures(self) -> dict[str, tuple[int | None, str]]:
        """What cannot be read: line and reason."""
        return {failure.source: (failure.line, failure.reason) for failure in self.found.failures}


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        # A text without a date has its file's, which is not to come.
        os.utime(path, (WRITTEN, WRITTEN))
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Site]:
    """Write a site and read it: `site({"_posts/2024-01-02-a.md": "…"})`."""

    def make(files: Mapping[str, str | bytes], **options: Any) -> Site:
        folder = Folder.at(written(tmp_path / "site", files))
        kind = options.pop("dialect", None) or dialect_of(folder)
        dialect = kind(folder, Options(now=NOW, **options))
        made = Site(dialect, survey(dialect))
        for entry in made.found.entries:
            made.found.addresses.urls[entry.source] = f"/new/{entry.slug}"
            item = dialect.item(entry.path, folder.read(entry.path))
            assert isinstance(item, Item)
            made.items[entry.path] = item
        return made

    return make


def lost(item: Item | Translated) -> dict[str, int]:
    """What did not come over, counted."""
    return {note.what: note.count for note in item.notes if note.fate is Fate.LOST}


def changed(item: Item | Translated) -> dict[str, int]:
    """What is expressed in another way, counted."""
    return {note.what: note.count for note in item.notes if note.fate is Fate.CHANGED}
