"""The commands `masthead export …`."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from masthead import audit, clock
from masthead.archive.export import write_archive
from masthead.db import db, snapshot
from masthead.errors import Invalid
from masthead.exporting import markdown
from masthead.exporting.folder import ExportFolder
from masthead.exporting.ghost.export import GhostOptions, write_ghost
from masthead.exporting.new_file import new_file
from masthead.exporting.static_site.export import StaticSite
from masthead.exporting.static_site.folder import StaticFolder
from masthead.exporting.static_site.layout import SiteLayout
from masthead.exporting.static_site.target_url import checked_url
from masthead.exporting.wordpress.export import write_wordpress
from masthead.settings.queries import publication
from masthead.storage import store as storage
from masthead.web.commands import Group, NamedPath

DEAD_LINKS_SHOWN = 50
PAGES_BETWEEN_REPORTS = 500

group = Group("export", help="Write the publication for other programs.")


@group.command("markdown")
@click.argument("folder", metavar="DIR", type=NamedPath(path_type=Path))
@with_appcontext
def export_markdown(folder: Path) -> None:
    """Write every post, page, tag, author, redirect and picture into the folder DIR, which Hugo reads.

    DIR must be empty, new, or an earlier export, which is then updated.
    """
    with snapshot() as session:
        tally = markdown.write_export(ExportFolder(folder), session=session, files=storage.current())
    audit.record("export.made", by=None, posts=tally.posts, pages=tally.pages, format="markdown")
    db.session.commit()
    click.echo(
        f"{click.format_filename(folder)} holds {tally.posts} posts ({tally.drafts} of them drafts), {tally.pages} pages, {tally.tags} tags, "
        f"{tally.authors} authors, {tally.redirects} old addresses and {tally.pictures} pictures."
    )
    _name_missing(tally.missing)


@group.command("wordpress")
@click.argument("file", metavar="FILE", type=NamedPath(path_type=Path))
@with_appcontext
def export_wordpress(file: Path) -> None:
    """Write posts, pages, comments, tags, authors and the list of files into FILE, for WordPress's importer.

    WordPress fetches the pictures from this site, so the site must run while WordPress imports.
    """
    site, url = publication(), current_app.config["SITE_URL"]
    with snapshot() as session, new_file(file) as target:
        tally = write_wordpress(target, site, session=session, url=url, at=clock.now())
    audit.record("export.made", by=None, posts=tally.posts, pages=tally.pages, format="wordpress")
    db.session.commit()
    click.echo(
        f"{click.format_filename(file)} holds {tally.posts} posts, {tally.pages} pages, {tally.comments} comments, "
        f"{tally.files} files, {tally.authors} authors and {tally.former_slugs} former slugs. WordPress fetches the files from {url}."
    )
    if tally.lost_addresses:
        click.echo(
            f"{tally.lost_addresses} redirects of tags and authors and to other sites have no place in this format. "
            "`masthead export markdown` writes them.",
            err=True,
        )


@group.command("ghost")
@click.argument("file", metavar="FILE", type=NamedPath(path_type=Path))
@click.option("--markdown", is_flag=True, help="Write bodies as Markdown instead of HTML.")
@with_appcontext
def export_ghost(file: Path, *, markdown: bool) -> None:
    """Write posts, pages, tags, authors and comments into FILE, for Ghost's importer.

    A FILE that ends in .zip also holds the pictures and other files, redirects.yaml and routes.yaml.
    """
    is_zip = file.suffix.lower() == ".zip"
    options = GhostOptions(current_app.config["SITE_URL"], clock.now(), as_zip=is_zip, as_markdown=markdown)
    site = publication()
    with snapshot() as session, new_file(file) as target:
        tally = write_ghost(target, site, options, session=session, files=storage.current())
    audit.record("export.made", by=None, posts=tally.posts, pages=tally.pages, format="ghost")
    db.session.commit()
    click.echo(
        f"{click.format_filename(file)} holds {tally.posts} posts, {tally.pages} pages, {tally.comments} comments, "
        f"{tally.authors} authors and {tally.files} files."
    )
    if not is_zip:
        click.echo("The pictures stay on this site: name a FILE that ends in .zip to take them along.")
    if tally.cut:
        click.echo(f"{tally.cut} values are longer than Ghost's columns, so they were cut.", err=True)
    _name_missing(tally.missing)


def _name_missing(paths: list[str]) -> None:
    for path in paths:
        click.echo(f"The file of the picture /media/{path} is missing, so it was left out.", err=True)


@group.command("archive")
@click.argument("file", metavar="FILE.zip", type=NamedPath(path_type=Path, dir_okay=False))
@click.option(
    "--with-passwords",
    is_flag=True,
    help="Add the hashes of passwords. Whoever has the file can try to guess weak ones.",
)
@with_appcontext
def export_archive(file: Path, *, with_passwords: bool) -> None:
    """Write the whole publication into one ZIP, which `masthead import archive` and other programs read.

    Posts and pages with their history, comments, accounts, tags, redirects, settings, statistics and files. Equal
    content gives equal bytes.
    """
    result = write_archive(file, files=storage.current(), with_passwords=with_passwords)
    audit.record(
        "export.made", by=None, posts=result.counts["posts"], pages=result.counts["pages"], format="archive"
    )
    db.session.commit()
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in result.counts.items() if count)
    click.echo(f"{click.format_filename(file)} holds {counts}.")
    click.echo("It has the email addresses of all accounts, so only you can read it. Keep it so.", err=True)
    if with_passwords:
        click.echo(
            "It has the hashes of all passwords, too. Delete it once it is imported; whoever gets it can guess weak passwords.",
            err=True,
        )
    for sentence in result.sentences():
        click.echo(sentence, err=True)


@group.command("static")
@click.argument("folder", metavar="DIR", type=NamedPath(path_type=Path))
@click.option(
    "--url",
    metavar="URL",
    help="The address of the copy, such as https://example.org/blog. Default: SITE_URL.",
)
@with_appcontext
def export_static(folder: Path, url: str | None) -> None:
    """Write the public site as files into the folder DIR, with a search that needs no server.

    DIR must be empty, new, or an earlier copy, of which only what has changed is written. Exit code 1 if a link is dead.
    """
    source = current_app.config["SITE_URL"].rstrip("/")
    layout = SiteLayout(source, checked_url(url) if url is not None else source)
    target = StaticFolder(folder)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (werkzeug documents it for this use)
    try:
        with snapshot() as session:
            tally = StaticSite(app, target, layout, _report_pages).copy(session)
    finally:
        target.close()
    audit.record("export.made", by=None, pages=tally.pages, files=tally.files, format="static")
    db.session.commit()
    click.echo(
        f"{click.format_filename(folder)} holds {tally.pages} pages, {tally.files} other files and {tally.redirects} redirects: "
        f"{target.written} written, {target.unchanged} unchanged, {target.removed} removed."
    )
    if tally.lines_only:
        click.echo(
            f"{tally.lines_only} old addresses can be no file; they are in {folder.name}/_redirects only.",
            err=True,
        )
    if tally.dead:
        for link in tally.dead[:DEAD_LINKS_SHOWN]:
            click.echo(f"{link.page} links to {link.address}, which is not there.", err=True)
        raise Invalid(f"{len(tally.dead)} links of the copy are dead. The copy is complete otherwise.")


def _report_pages(count: int) -> None:
    if count and count % PAGES_BETWEEN_REPORTS == 0:
        click.echo(f"{count} pages …", err=True)
