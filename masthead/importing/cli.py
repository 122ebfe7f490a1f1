"""The commands `masthead import …`."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from masthead import clock
from masthead.config.types import address_parts
from masthead.errors import Invalid
from masthead.importing.batch import ImportOptions
from masthead.importing.importer import Importer
from masthead.importing.markdown.detection import DIALECTS
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.source import MarkdownFolder
from masthead.importing.reading import dates
from masthead.importing.reporting.console import print_plan, print_report
from masthead.importing.reporting.report import ImportReport
from masthead.importing.source import Source
from masthead.media import external
from masthead.web.commands import Group, NamedPath

group = Group("import", help="Import content from other systems.")

EXIT_CODES = """
Exit codes: 0 if the import has finished, even if some files could not be read (the report names each of them with the
line); 3 in that case with --strict; 1 if nothing was imported, with one sentence that says why.
"""


@group.command("markdown", epilog=EXIT_CODES)
@click.argument("folder", metavar="DIR", type=NamedPath(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report everything and write nothing.")
@click.option(
    "--publish-future",
    is_flag=True,
    help="Schedule texts with a date in the future. Default: import them as drafts.",
)
@click.option(
    "--report",
    "report_path",
    metavar="FILE.json",
    type=NamedPath(path_type=Path, dir_okay=False),
    help="Write the outcome of every file to this JSON file.",
)
@click.option(
    "--author",
    metavar="USERNAME",
    help="The owner of the texts, and their author where none is named. Default: the first administrator.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="The time zone of dates that name none, such as Europe/Berlin. Default: the old site's setting, or UTC.",
)
@click.option(
    "--old-url",
    metavar="URL",
    default="",
    help="The URL of the old site, if the folder does not say it. Links to it become internal links.",
)
@click.option(
    "--source",
    metavar="NAME",
    help="The name by which the next import finds the texts again. Default: the old site's address, or the folder's name.",
)
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    help="The site generator of the folder. Default: it is detected.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 8),
    help="The number of worker processes. Default: one for each processor, at most 8.",
)
@click.option(
    "--posts",
    metavar="GLOB",
    multiple=True,
    help="Import texts with matching paths as posts, for instance 'content/blog/*'. May be given several times.",
)
@click.option(
    "--pages",
    metavar="GLOB",
    multiple=True,
    help="Import texts with matching paths as pages. Takes precedence over --posts.",
)
@click.option(
    "--byline",
    metavar="NAME",
    default="",
    help="The byline (without an account) of texts where neither text nor settings name an author. Default: --author.",
)
@click.option(
    "--fetch-images/--no-fetch-images",
    default=None,
    help="Queue jobs that copy pictures of other sites. Default: as EXTERNAL_IMAGES says.",
)
@click.option("--strict", is_flag=True, help="End with exit code 3 if a file could not be imported.")
@with_appcontext
def markdown(folder: Path, report_path: Path | None, **options: Any) -> None:
    """Import a folder of Markdown files: Jekyll, Hugo, Zola, Eleventy, Pelican, or plain.

    Imports posts, pages, bylines, tags and old addresses. A second import of the same folder only updates what has
    changed in the folder, and never overwrites what was edited here.
    """
    strict = options.pop("strict")
    if options["fetch_images"] is None:
        options["fetch_images"] = external.mode() == "fetch"
    source_options = _source_options(options)
    import_options = ImportOptions(
        **{name: options[name] for name in ("dry_run", "author", "source", "processes", "fetch_images")}
    )
    with ImportReport(report_path) as report:
        _run(
            lambda: MarkdownFolder.open(folder, source_options, dialect=options["dialect"]),
            import_options,
            report,
        )
    if strict and report.failures:
        raise SystemExit(3)


def _source_options(options: dict[str, Any]) -> FolderOptions:
    try:
        zone = dates.zone_named(options["timezone"]) if options["timezone"] else None
    except ValueError as error:
        raise Invalid(str(error)) from None
    if options["old_url"] and address_parts(options["old_url"], "http", "https") is None:
        raise Invalid(f"“{options['old_url']}” is not the URL of a site. Write it like https://old.example.")
    names = ("publish_future", "old_url", "byline", "fetch_images", "posts", "pages")
    return FolderOptions(clock.now(), zone, **{name: options[name] for name in names})


def _run(open_source: Callable[[], Source], options: ImportOptions, report: ImportReport) -> None:
    """Run an import and show its plan, its progress and its report."""
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


def _progress() -> Progress:
    """A progress bar on standard error; nothing where that is not a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
