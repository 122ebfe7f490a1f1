"""The commands `masthead import …`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from masthead import clock
from masthead.importing.command import EXIT_CODES, common_options, run_command, shared_options, zone_of
from masthead.importing.markdown.detection import DIALECTS
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.source import MarkdownFolder
from masthead.importing.wordpress.options import WordPressOptions
from masthead.importing.wordpress.source import WordPressExport
from masthead.importing.wordpress.spool import Spool
from masthead.media import external
from masthead.web.commands import Group, NamedPath

group = Group("import", help="Import content from other systems.")


@group.command("markdown", epilog=EXIT_CODES)
@click.argument("folder", metavar="DIR", type=NamedPath(path_type=Path))
@click.option(
    "--publish-future",
    is_flag=True,
    help="Schedule texts with a date in the future. Default: import them as drafts.",
)
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    help="The site generator of the folder. Default: it is detected.",
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
    "--fetch-images/--no-fetch-images",
    default=None,
    help="Queue jobs that copy pictures of other sites. Default: as EXTERNAL_IMAGES says.",
)
@shared_options
@with_appcontext
def markdown(folder: Path, report_path: Path | None, **options: Any) -> None:
    """Import a folder of Markdown files: Jekyll, Hugo, Zola, Eleventy, Pelican, or plain.

    Imports posts, pages, bylines, tags and old addresses. A second import of the same folder only updates what has
    changed in the folder, and never overwrites what was edited here.
    """
    if options["fetch_images"] is None:
        options["fetch_images"] = external.mode() == "fetch"
    source_options = _source_options(options)
    run_command(
        lambda: MarkdownFolder.open(folder, source_options, dialect=options["dialect"]), report_path, options
    )


@group.command("wordpress", epilog=EXIT_CODES)
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=NamedPath(path_type=Path))
@click.option(
    "--media",
    metavar="DIR",
    type=NamedPath(path_type=Path, exists=True, file_okay=False),
    help="The folder that holds the old site's folder `uploads`. Pictures in it are not fetched.",
)
@click.option(
    "--fetch/--no-fetch",
    "fetch_images",
    default=True,
    help="Fetch pictures from the old site. Default: fetch those that --media does not have.",
)
@shared_options
@with_appcontext
def wordpress(files: tuple[Path, ...], media: Path | None, report_path: Path | None, **options: Any) -> None:
    """Import the export of a WordPress site: one or several files, plain, as .gz or as .zip.

    Make it in WordPress under Tools, Export, All content. Imports posts, pages, bylines, categories and tags, comments,
    pictures, the main menu and old addresses. A second import only updates what has changed in the export, and never
    overwrites what was edited here.
    """
    source_options = WordPressOptions(
        clock.now(), zone_of(options), media=media, dry_run=options["dry_run"], **common_options(options)
    )
    with Spool() as spool:
        run_command(lambda: WordPressExport.open(list(files), source_options, spool), report_path, options)


def _source_options(options: dict[str, Any]) -> FolderOptions:
    names = ("publish_future", "posts", "pages")
    return FolderOptions(
        clock.now(), zone_of(options), **common_options(options), **{name: options[name] for name in names}
    )
