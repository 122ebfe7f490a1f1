"""Small sites, written for the tests."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select

from masthead.db import db
from masthead.importing.image_import import ImageImporter
from masthead.importing.items import Item, NoteKind
from masthead.importing.markdown.detection import detect_dialect
from masthead.importing.markdown.dialect import Dialect
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.source import MarkdownFolder
from masthead.importing.scan import ScanResult
from masthead.importing.source import TranslatedBody
from masthead.media.processing.isolation import UploadLimits
from tests.support.people import Cast

LIMITS = UploadLimits(2_000_000, 1_000_000, frozenset({"image/png", "image/jpeg"}), is_for_pictures=True)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WRITTEN = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


@dataclass
class Site:
    """A folder as the reading half of the import sees it; new addresses are `/new/<slug>`."""

    dialect: Dialect
    source: MarkdownFolder
    found: ScanResult
    items: dict[str, Item] = field(default_factory=dict)

    @cached_property
    def images(self) -> ImageImporter:
        """Imports the folder's images without a store."""
        return ImageImporter(self.dialect.folder, None, limits=LIMITS, known={})

    def __getitem__(self, path: str) -> Item:
        return self.items[path]

    def translated(self, path: str) -> TranslatedBody:
        """The translated body of a text."""
        return self.source.translate(path, self.items[path], self.found.addresses, self.images)

    def body(self, path: str) -> str:
        """The body of a text in Masthead's Markdown."""
        return self.translated(path).body

    def left_out(self) -> dict[str, str]:
        """The reasons of skipped items."""
        return {item.source: item.reason for item in self.found.skipped}

    def failures(self) -> dict[str, tuple[int | None, str]]:
        """The line and reason of files that cannot be read."""
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
        folder = SourceFolder.open(written(tmp_path / "site", files))
        kind = options.pop("dialect", None) or detect_dialect(folder)
        dialect = kind(folder, FolderOptions(now=NOW, **options))
        source = MarkdownFolder(dialect, "site")
        made = Site(dialect, source, source.scan())
        for scanned in made.found.items:
            made.found.addresses.urls[scanned.source] = f"/new/{scanned.slug}"
            item = source.item(scanned.locator)
            assert isinstance(item, Item)
            made.items[scanned.locator] = item
        return made

    return make


def lost(item: Item | TranslatedBody) -> dict[str, int]:
    """What did not come over, counted."""
    return {note.what: note.count for note in item.notes if note.kind is NoteKind.LOST}


def changed(item: Item | TranslatedBody) -> dict[str, int]:
    """What is expressed in another way, counted."""
    return {note.what: note.count for note in item.notes if note.kind is NoteKind.CHANGED}


@pytest.fixture
def bring(
    invoke: Callable[..., "subprocess.CompletedProcess[str]"], cast: Cast, tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    """Import files with the command: `bring({"a.md": "…"})`; the report, with `by_source` and the command's `output`.

    Files of earlier calls stay, so `bring({})` imports the same again. A path is a folder that is there already.
    """

    def run(files: Mapping[str, str | bytes] | Path, *options: str) -> dict[str, Any]:
        report = tmp_path / "report.json"
        folder = files if isinstance(files, Path) else written(tmp_path / "site", files)
        result = invoke(
            "import", "markdown", str(folder), "--report", str(report), "--processes", "1", *options
        )
        assert result.returncode == 0, result.stdout + result.stderr
        found: dict[str, Any] = json.loads(report.read_text())
        totals = found["totals"]
        assert totals["files"] == sum(count for name, count in totals.items() if name != "files")
        assert len(found["items"]) == totals["files"]
        found["by_source"] = {item["source"]: item for item in found["items"]}
        found["output"] = result.stdout
        return found

    return run


@pytest.fixture
def stored(app: Flask) -> Callable[[Select[*tuple[Any, ...]]], list[tuple[Any, ...]]]:
    """A value from the database: `stored(select(…))`, in a list."""

    def read(statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        with app.app_context():
            return [tuple(row) for row in db.session.execute(statement)]

    return read


def outcomes(report: Mapping[str, Any]) -> dict[str, int]:
    """How many items had each outcome."""
    return {name: count for name, count in report["totals"].items() if count and name != "files"}
