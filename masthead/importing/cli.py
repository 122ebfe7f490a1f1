"""``masthead import …``: the shell's way in for texts from elsewhere."""

import os
import time
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from masthead.db import db, refresh_statistics
from masthead.errors import Invalid
from masthead.importing.importer import Import, Wishes
from masthead.importing.markdown.detection import DIALECTS
from masthead.importing.reading import dates
from masthead.importing.reporting import console as telling
from masthead.importing.reporting.report import Report
from masthead.setting_types import address_parts
from masthead.web.commands import Group, NamedPath

group = Group("import", help="Bring texts from elsewhere into the publication.")

EXIT_CODES = """
Exit codes: 0 when the import went through, even if single files could not be read (they are named, with the line, and
all others go in); 3 in that case with --strict; 1 when nothing could be done, with one sentence that says why.
"""


@group.command("markdown", epilog=EXIT_CODES)
@click.argument("folder", metavar="DIR", type=NamedPath(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report everything and write nothing.")
@click.option(
    "--publish-future",
    is_flag=True,
    help="Schedule texts whose date lies ahead; without this they are drafts.",
)
@click.option(
    "--report",
    "report_path",
    metavar="FILE.json",
    type=NamedPath(path_type=Path, dir_okay=False),
    help="Write what became of each file to this file.",
)
@click.option(
    "--author",
    metavar="USERNAME",
    help="Who owns the texts, and is credited where no author is named. Default: the first administrator.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="What dates without a time zone mean, such as Europe/Berlin. Default: the old site's setting, or UTC.",
)
@click.option(
    "--old-url",
    metavar="URL",
    default="",
    help="Where the texts were public, if the folder does not say so: links to there are links to here.",
)
@click.option(
    "--source",
    metavar="NAME",
    help="The name under which the next import finds the texts again. Default: the old site's address, or the folder's name.",
)
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    help="Which generator the folder was made for. Default: what it looks like.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 8),
    help="How many processes typeset texts. Default: one for each processor.",
)
@click.option(
    "--posts",
    metavar="GLOB",
    multiple=True,
    help="Texts whose path is like this are posts, for instance 'content/blog/*'. May be given several times.",
)
@click.option(
    "--pages",
    metavar="GLOB",
    multiple=True,
    help="Texts whose path is like this are pages; it counts more than --posts.",
)
@click.option(
    "--byline",
    metavar="NAME",
    default="",
    help="Whom to credit where neither text nor settings name an author: a byline without an account. Default: --author.",
)
@click.option(
    "--fetch-images/--no-fetch-images",
    default=None,
    help="Copy pictures of other sites that texts show, by jobs. Default: as EXTERNAL_IMAGES says.",
)
@click.option("--strict", is_flag=True, help="End with exit code 3 if a file could not be imported.")
@with_appcontext
def markdown(folder: Path, report_path: Path | None, **options: Any) -> None:
    """Import a folder of Markdown files: Jekyll, Hugo, Zola, Eleventy, Pelican, or plain.

    Posts, pages, bylines, tags and old addresses come over. A second import of the same folder changes nothing, or
    only what has changed there, and never what somebody has edited here.
    """
    strict = options.pop("strict")
    wishes = _wishes(options)
    console = Console(highlight=False, soft_wrap=True)
    begun = time.monotonic()
    with Report(report_path) as report, _progress() as progress:
        bar = progress.add_task("Reading the folder", total=None)
        work = Import(folder, wishes, report)
        plan = work.look()
        telling.announce(plan, console)
        for batch in work.batches():
            if not wishes.dry_run:
                work.write(batch)
                db.session.commit()
                # Memory must not grow with what was written.
                db.session.expunge_all()
            work.tell(batch)
            progress.update(bar, description="Importing", total=work.total, advance=len(batch.results))
        if not wishes.dry_run:
            work.settle()
            # The tables may have become a thousand times as large as they were.
            refresh_statistics()
            work.record()
            db.session.commit()
        summary = work.end()
        seconds = time.monotonic() - begun
        report.finish(summary.facts(seconds))
    telling.tell(report, console, dry_run=wishes.dry_run, tail=summary.sentences(seconds))
    if strict and report.failures:
        raise SystemExit(3)


def _wishes(options: dict[str, Any]) -> Wishes:
    zone = options.pop("timezone")
    try:
        options["zone"] = dates.zone_named(zone) if zone else None
    except ValueError as error:
        raise Invalid(str(error)) from None
    if options["old_url"] and address_parts(options["old_url"], "http", "https") is None:
        raise Invalid(f"“{options['old_url']}” is not where a site was. Write it like https://old.example.")
    return Wishes(**options)


def _progress() -> Progress:
    """A bar on standard error, and nothing at all where that is not a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
