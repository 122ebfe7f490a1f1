"""The options and the course that every import command has."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from masthead.config.types import address_parts
from masthead.errors import Invalid
from masthead.importing.archive import import_archive
from masthead.importing.batch import ImportOptions
from masthead.importing.errors import NoTemporaryFiles
from masthead.importing.importer import Importer
from masthead.importing.reading import dates
from masthead.importing.reading.plain_text import printable
from masthead.importing.reporting.console import print_plan, print_report
from masthead.importing.reporting.report import ImportReport
from masthead.importing.source import Source
from masthead.web.commands import NamedPath

EXIT_CODES: Final = """
Exit codes: 0 if the import has finished, even if some files could not be read (the report names each of them with the
line); 3 in that case with --strict; 1 if nothing was imported, with one sentence that says why.
"""
Command = TypeVar("Command", bound=Callable[..., None])
_SHARED: Final = (
    click.option("--dry-run", is_flag=True, help="Report everything and write nothing."),
    click.option(
        "--report",
        "report_path",
        metavar="FILE.json",
        type=NamedPath(path_type=Path, dir_okay=False),
        help="Write the outcome of every file to this JSON file.",
    ),
    click.option(
        "--author",
        metavar="USERNAME",
        help="The owner of the texts, and their author where none is named. Default: the first administrator.",
    ),
    click.option(
        "--timezone",
        metavar="ZONE",
        help="The time zone of dates that name none, such as Europe/Berlin. Default: the old site's setting, or UTC.",
    ),
    click.option(
        "--old-url",
        metavar="URL",
        default="",
        help="The URL of the old site, if the source does not say it. Links to it become internal links.",
    ),
    click.option(
        "--source",
        metavar="NAME",
        help="The name by which the next import finds the texts again. Default: the old site's address, or the source's name.",
    ),
    click.option(
        "--processes",
        type=click.IntRange(1, 64),
        default=lambda: min(os.cpu_count() or 1, 8),
        help="The number of worker processes. Default: one for each processor, at most 8.",
    ),
    click.option(
        "--byline",
        metavar="NAME",
        default="",
        help="The byline (without an account) of texts where neither text nor settings name an author. Default: --author.",
    ),
    click.option("--strict", is_flag=True, help="End with exit code 3 if a file could not be imported."),
)


def shared_options(command: Command) -> Command:
    """Give a command the options of all imports."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def zone_of(options: dict[str, Any]) -> tzinfo | None:
    """The time zone that the user has named; raises `Invalid`."""
    try:
        return dates.zone_named(options["timezone"]) if options["timezone"] else None
    except ValueError as error:
        raise Invalid(str(error)) from None


def check_old_url(old_url: str) -> None:
    """Raise `Invalid` if this is given and is not the URL of a site."""
    if old_url and address_parts(old_url, "http", "https") is None:
        raise Invalid(f"“{old_url}” is not the URL of a site. Write it like https://old.example.")


def common_options(options: dict[str, Any]) -> dict[str, Any]:
    """The options that every source has; raises `Invalid`."""
    check_old_url(options["old_url"])
    return {name: options[name] for name in ("old_url", "byline", "fetch_images")}


def run_command(open_source: Callable[[], Source], report_path: Path | None, options: dict[str, Any]) -> None:
    """Run an import and show its plan, its progress and its report."""
    import_options = ImportOptions(
        **{name: options[name] for name in ("dry_run", "author", "source", "processes", "fetch_images")}
    )
    try:
        with ImportReport(report_path) as report:
            _run(open_source, import_options, report)
    except sqlite3.Error as error:
        # Of the temporary files: those of the publication's database are SQLAlchemy's.
        raise NoTemporaryFiles(tempfile.gettempdir(), str(error)) from None
    if options["strict"] and report.failures:
        raise SystemExit(3)


def _run(open_source: Callable[[], Source], options: ImportOptions, report: ImportReport) -> None:
    console = Console(highlight=False, soft_wrap=True)
    begun = time.monotonic()
    with _progress() as progress:
        bar = progress.add_task("Reading the source", total=None)
        importer = Importer(open_source(), options, report)
        print_plan(importer.scan(), console)
        importer.run(
            lambda done, total: progress.update(bar, description="Importing", total=total, advance=done)
        )
        summary = importer.finish()
        seconds = time.monotonic() - begun
        report.finish(summary.facts(seconds))
    print_report(report, console, dry_run=options.dry_run, tail=summary.sentences(seconds))


def run_archive(file: Path, report_path: Path | None, *, dry_run: bool, old_url: str) -> None:
    """Import an archive and show its report."""
    check_old_url(old_url)
    console = Console(highlight=False, soft_wrap=True)
    with ImportReport(report_path) as report, _progress() as progress:
        bar = progress.add_task("Checking the archive", total=None)
        facts = import_archive(
            file,
            report,
            lambda done, total: progress.update(bar, description="Importing", total=total, advance=done),
            name=printable(str(file)),
            dry_run=dry_run,
            old_url=old_url,
        )
    counts = ", ".join(
        f"{count} {name.replace('_', ' ')}" for name, count in sorted(facts["counts"].items()) if count
    )
    tail = [*facts["problems"], f"The archive has {counts}."]
    if dry_run:
        tail.append("This was a dry run: nothing was written.")
    print_report(report, console, dry_run=dry_run, tail=tail)


def _progress() -> Progress:
    """A progress bar on standard error; nothing where that is not a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
