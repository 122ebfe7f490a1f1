"""The commands `masthead import …`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from masthead import clock
from masthead.importing.command import (
    EXIT_CODES,
    common_options,
    run_archive,
    run_command,
    shared_options,
    zone_of,
)
from masthead.importing.ghost.source import open_ghost
from masthead.importing.markdown.detection import DIALECTS
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.source import MarkdownFolder
from masthead.importing.medium.source import open_medium
from masthead.importing.source import SourceOptions
from masthead.importing.substack.source import open_substack
from masthead.importing.wordpress.options import build_options
from masthead.importing.wordpress.source import WordPressExport
from masthead.importing.wordpress.spool import Spool
from masthead.media import external
from masthead.web.commands import Group, NamedPath

group = Group("import", help="Import content from other systems.")

fetch_option = click.option(
    "--fetch-images/--no-fetch-images",
    default=None,
    help="Queue jobs that copy pictures of other sites. Default: as EXTERNAL_IMAGES says.",
)


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
@fetch_option
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
    source_options = build_options(
        zone_of(options), media=media, dry_run=options["dry_run"], **common_options(options)
    )
    with Spool() as spool:
        run_command(lambda: WordPressExport.open(list(files), source_options, spool), report_path, options)


def _text_options(options: dict[str, Any]) -> SourceOptions:
    if options["fetch_images"] is None:
        options["fetch_images"] = external.mode() == "fetch"
    return SourceOptions(clock.now(), zone_of(options), **common_options(options))


@group.command("ghost", epilog=EXIT_CODES)
@click.argument("file", metavar="FILE", type=NamedPath(path_type=Path, exists=True))
@fetch_option
@shared_options
@with_appcontext
def ghost(file: Path, report_path: Path | None, **options: Any) -> None:
    """Import the export of a Ghost site: the JSON file, or a ZIP that also holds the folder `content` with pictures.

    Imports posts, pages, bylines, tags, comments (if the export has them), the navigation, redirects and old addresses.
    """
    source_options = _text_options(options)
    run_command(lambda: open_ghost(file, source_options), report_path, options)


@group.command("substack", epilog=EXIT_CODES)
@click.argument("archive", metavar="ZIP", type=NamedPath(path_type=Path, exists=True))
@fetch_option
@shared_options
@with_appcontext
def substack(archive: Path, report_path: Path | None, **options: Any) -> None:
    """Import the export of a Substack: posts, drafts and pages. The export names no authors; --byline does."""
    source_options = _text_options(options)
    run_command(lambda: open_substack(archive, source_options), report_path, options)


@group.command("medium", epilog=EXIT_CODES)
@click.argument("archive", metavar="ZIP", type=NamedPath(path_type=Path, exists=True))
@fetch_option
@shared_options
@with_appcontext
def medium(archive: Path, report_path: Path | None, **options: Any) -> None:
    """Import the export of a Medium account: stories and drafts. Responses to other people's stories are left out."""
    source_options = _text_options(options)
    run_command(lambda: open_medium(archive, source_options), report_path, options)


@group.command("archive", epilog=EXIT_CODES)
@click.argument("file", metavar="FILE", type=NamedPath(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--dry-run", is_flag=True, help="Check the whole archive, report everything, and write nothing."
)
@click.option(
    "--report",
    "report_path",
    metavar="FILE.json",
    type=NamedPath(path_type=Path, dir_okay=False),
    help="Write the outcome of every post, page and file to this JSON file.",
)
@click.option(
    "--old-url",
    metavar="URL",
    default="",
    help="The URL that the publication had. Links to it in texts and comments become internal links. Default: they stay.",
)
@with_appcontext
def archive(file: Path, report_path: Path | None, *, dry_run: bool, old_url: str) -> None:
    """Import a whole publication that `masthead export archive` wrote.

    Everything is checked before anything is written. Whatever is here already stays as it is; a second import adds only
    what is missing. Into a publication without texts, the settings of the archive come along.
    """
    run_archive(file, report_path, dry_run=dry_run, old_url=old_url)


def _source_options(options: dict[str, Any]) -> FolderOptions:
    names = ("publish_future", "posts", "pages")
    return FolderOptions(
        clock.now(), zone_of(options), **common_options(options), **{name: options[name] for name in names}
    )
