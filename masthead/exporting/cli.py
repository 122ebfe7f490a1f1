"""The commands `masthead export …`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from masthead import audit
from masthead.archive.export import write_archive
from masthead.db import db, snapshot
from masthead.exporting import markdown
from masthead.exporting.folder import ExportFolder
from masthead.storage import store as storage
from masthead.web.commands import Group, NamedPath

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
    for path in tally.missing:
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
