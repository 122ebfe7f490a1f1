"""``masthead media``: brings files in, lists them, makes smaller versions again, checks and moves the store."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select, update

from masthead import clock
from masthead.db import db
from masthead.errors import DomainError
from masthead.media import queries, tasks
from masthead.media.cli import checking
from masthead.media.cli.moving import move
from masthead.media.links import address_of
from masthead.media.models import FileKind, Media, MediaStatus
from masthead.media.queries import MediaFilters
from masthead.media.uploads import intake
from masthead.media.words import Words
from masthead.people import queries as people
from masthead.storage import store as storage
from masthead.unset import UNSET
from masthead.web.commands import Command, Group, NamedPath

group = Group("media", help="Look after the media library.")
group.add_command(move)


@group.command("add", cls=Command)
@click.argument("files", nargs=-1, required=True, type=NamedPath(path_type=Path), metavar="FILE...")
@click.option("--alt", default="", help="What the pictures show, for those who do not see them.")
@click.option("--decorative", is_flag=True, help="The pictures say nothing; they need no alternative text.")
@click.option("--caption", default="", help="The line below them.")
@click.option("--credit", default="", help="Who made them; default: the copyright notice of each file.")
@click.option("--licence", default="", help="Under which licence.")
@click.option("--user", "username", help="Whose files they are; default nobody's.")
@with_appcontext
def add(
    files: tuple[Path, ...],
    alt: str,
    decorative: bool,
    caption: str,
    credit: str,
    licence: str,
    username: str | None,
) -> None:
    """Bring files into the library, and print their addresses. A file that is there already is not stored again."""
    words = Words(
        alt=alt or UNSET,
        decorative=decorative or UNSET,
        caption=caption or UNSET,
        credit=credit or UNSET,
        licence=licence or UNSET,
    )
    refused = sum(not _add(path, words, username) for path in files)
    if refused:
        raise click.ClickException(f"{refused} of {len(files)} files were not brought in.")


def _add(path: Path, words: Words, username: str | None) -> bool:
    name = click.format_filename(path)
    try:
        by = people.by_username_or_email(username) if username is not None else None
        with path.open("rb") as file:
            added = intake.bring_in(intake.parts_of(file), name=path.name, words=words, by=by, at=clock.now())
        line = f"{address_of(added.media)} {name}{'' if added.is_new else ' (was there already)'}"
        db.session.commit()
    except (DomainError, OSError) as error:
        db.session.rollback()
        reason = error.message if isinstance(error, DomainError) else f"{error.strerror}."
        click.echo(f"{name}: {reason}", err=True)
        return False
    click.echo(line)
    return True


@group.command("list", cls=Command)
@click.option("--kind", type=click.Choice([kind.value for kind in FileKind]), help="One kind alone.")
@click.option("--unused", is_flag=True, help="Files that nothing shows.")
@click.option("--trashed", is_flag=True, help="Files in the trash.")
@click.option("--search", "q", default="", help="Words in names and descriptions.")
@with_appcontext
def listing(kind: str | None, unused: bool, trashed: bool, q: str) -> None:
    """List the files of the library: id, status, kind, bytes, address and name, the newest first."""
    filters = MediaFilters(q=q, kind=kind or "", unused=unused, trashed=trashed)
    for media in db.session.scalars(queries.everything(filters).execution_options(yield_per=500)):
        facts = (media.id, media.status, media.kind, media.size, address_of(media), media.name)
        click.echo("\t".join(map(str, facts)))


@group.command("rebuild", cls=Command)
@click.option("--failed", is_flag=True, help="Only pictures whose smaller versions are missing or failed.")
@with_appcontext
def rebuild(failed: bool) -> None:
    """Make the smaller versions of pictures again, as after a change of MEDIA_WIDTHS. Can be interrupted and repeated."""
    condition = (Media.kind == FileKind.IMAGE) & (Media.media_type != "image/svg+xml")
    if failed:
        condition &= Media.status != MediaStatus.READY
    ids = db.session.scalars(select(Media.id).where(condition).order_by(Media.id)).all()
    # Whatever is interrupted is done by a job later.
    db.session.execute(
        update(Media).where(condition).values(status=MediaStatus.PROCESSING),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for media_id in progress.track(ids, description="Pictures"):
            tasks.make_variants_of(media_id)
    broken = select(Media.path, Media.problem).where(Media.status == MediaStatus.FAILED)
    problems = db.session.execute(broken.order_by(Media.path)).all()
    for path, problem in problems:
        click.echo(f"/media/{path}: {problem}", err=True)
    click.echo(f"The smaller versions of {len(ids)} pictures are made.")
    if problems:
        raise click.ClickException(f"{len(problems)} pictures have none.")


@group.command("check", cls=Command)
@click.option("--quick", is_flag=True, help="Compare sizes alone, without reading the files.")
@click.option(
    "--delete", is_flag=True, help="Delete files that nothing refers to. Let nobody upload meanwhile."
)
@with_appcontext
def check(quick: bool, delete: bool) -> None:
    """Compare the library with its store: what is missing, what is damaged, and what nothing refers to."""
    files = storage.current()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        result = checking.compare(files, reads_files=not quick, track=progress.track)
    for word, keys in (
        ("missing", result.missing),
        ("damaged", result.damaged),
        ("not referred to", result.stray),
    ):
        for key in keys:
            click.echo(f"{word}: {key}")
    if delete:
        for key in result.stray:
            files.delete(key)
        click.echo(f"{len(result.stray)} files were deleted.")
    click.echo(
        f"{result.count} files in {click.format_filename(files.place)}: {len(result.missing)} missing, "
        f"{len(result.damaged)} damaged, {len(result.stray)} not referred to."
    )
    if result.missing or result.damaged:
        backup = "Restore them from a backup, or bring them in again by PUT /api/v1/media/<id>/file."
        raise click.ClickException(f"{backup} `masthead media rebuild` makes smaller versions again.")
