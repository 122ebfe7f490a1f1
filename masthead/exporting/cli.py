"""The commands `masthead export …`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from masthead import audit
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
