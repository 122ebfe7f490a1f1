"""Runs the import of an uploaded file. Jobs load it when they need it, so that the server starts without it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from masthead import clock
from masthead.importing.archive import import_archive
from masthead.importing.batch import ImportOptions
from masthead.importing.browser.formats import ImportFormat
from masthead.importing.browser.unpacking import unpacked
from masthead.importing.ghost.source import open_ghost
from masthead.importing.importer import Importer
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.source import MarkdownFolder
from masthead.importing.medium.source import open_medium
from masthead.importing.reporting.report import ImportReport
from masthead.importing.source import Source, SourceOptions
from masthead.importing.substack.source import open_substack
from masthead.importing.wordpress.options import build_options
from masthead.importing.wordpress.source import WordPressExport
from masthead.importing.wordpress.spool import Spool

#: Entries of each list in the stored summary; the file has all of them.
SHOWN: Final = 20


@contextmanager
def opened(kind: ImportFormat, file: Path, *, dry_run: bool, fetches: bool) -> Iterator[Source]:
    """Open an uploaded file; raises `SourceNotFound`."""
    now = clock.now()
    if kind is ImportFormat.WORDPRESS:
        options = build_options(dry_run=dry_run, fetch_images=fetches)
        with Spool() as spool:
            yield WordPressExport.open([file], options, spool)
        return
    if kind is ImportFormat.MARKDOWN:
        with unpacked(file) as folder:
            yield MarkdownFolder.open(folder, FolderOptions(now, fetch_images=fetches))
        return
    read = {
        ImportFormat.GHOST: open_ghost,
        ImportFormat.SUBSTACK: open_substack,
        ImportFormat.MEDIUM: open_medium,
    }[kind]
    yield read(file, SourceOptions(now, fetch_images=fetches))


def import_upload(
    kind: ImportFormat,
    file: Path,
    options: ImportOptions,
    report_path: Path,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Import a file, write its report, and return the summary for the page."""
    if kind is ImportFormat.ARCHIVE:
        with ImportReport(report_path) as report:
            facts = import_archive(
                file, report, progress, name=file.stem, dry_run=options.dry_run, by=options.by
            )
            return _shortened(facts, report)
    begun = time.monotonic()
    with (
        opened(kind, file, dry_run=options.dry_run, fetches=options.fetch_images) as source,
        ImportReport(report_path) as report,
    ):
        importer = Importer(source, options, report)
        importer.scan()
        importer.run(progress)
        facts = importer.finish().facts(time.monotonic() - begun)
        report.finish(facts)
        return _shortened(facts, report)


def _shortened(facts: Mapping[str, Any], report: ImportReport) -> dict[str, Any]:
    totals = report.totals
    return {
        "format": facts["dialect"],
        "totals": {"files": totals.files}
        | {name.value: count for name, count in totals.outcomes.items() if count},
        "comments": totals.comments,
        "changed": dict(totals.changed.most_common(SHOWN)),
        "lost": dict(totals.lost.most_common(SHOWN)),
        "visible": dict(totals.template_tags.most_common(SHOWN)),
        "failures": [f"{one.source}: {one.reason}" for one in report.failures[:SHOWN]],
        "left_out": [f"{one.source}: {one.reason}" for one in report.left_out[:SHOWN]],
        "problems": [*facts["problems"], *facts["plan"].get("settings_not_read", [])][:SHOWN],
    }
