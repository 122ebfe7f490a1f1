"""``masthead backup`` and ``masthead restore``."""

import shutil
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from masthead import __version__, clock
from masthead.db import db
from masthead.errors import Conflict, Invalid
from masthead.operation.backups import archive, cleanup, last_backup, postgresql, sqlite
from masthead.operation.backups.archive import Manifest
from masthead.operation.schema import present_schema
from masthead.storage import store
from masthead.storage.store import FolderStore
from masthead.web.commands import Command, NamedPath

FILE = NamedPath(dir_okay=False, path_type=Path)
#: Standard output.
PIPE = "-"
PRIVATE = "Keep it as private as the site itself: it holds the secrets, and everybody's email addresses."


@click.command("backup", cls=Command)
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Save the database, the pictures and the secrets into FILE (.tar, or .tar.gz), while the site goes on.

    With - instead of a name they go to standard output, as .tar.gz.
    """
    schema = present_schema()
    if schema.problem is not None:
        raise Conflict(schema.problem)
    is_piped = str(file) == PIPE
    parent = _home() if is_piped else file.absolute().parent
    if not parent.is_dir():
        raise Invalid(f"There is no folder {parent}.")
    if is_piped and sys.stdout.isatty():
        raise Invalid(
            "Standard output is a terminal. Name a file, or let a program read it: masthead backup - | …"
        )
    manifest = Manifest(
        version=__version__,
        created_at=clock.now().isoformat(),
        database=_kind(),
        revision=schema.revision or "",
    )
    with cleanup.workspace(parent) as folder, _writing(file, manifest, folder) as writer:
        # Database first: pictures are immutable, and written before the rows that reference them.
        manifest.tables = sqlite.save(folder) if _is_sqlite() else postgresql.save(folder)
        for path in sorted((folder / "database").iterdir()):
            writer.add(f"database/{path.name}", path)
        for key in sorted(store.current().keys()):
            writer.add(f"media/{key}", _picture(key, folder))
        for path in _private_files():
            writer.add(path.relative_to(_home()).as_posix(), path)
    last_backup.note(_home())
    figures = archive.described(manifest)
    name = "The archive" if is_piped else click.format_filename(file)
    size = f"{figures['bytes'] / 1_000_000:.1f} MB before packing"
    click.echo(f"{name} holds {figures['files']} files, {size}.", err=is_piped)
    click.echo(PRIVATE, err=is_piped)


def _writing(file: Path, manifest: Manifest, folder: Path) -> AbstractContextManager[archive.ArchiveWriter]:
    if str(file) == PIPE:
        return archive.streaming(sys.stdout.buffer, manifest)
    return archive.writing(file.absolute(), manifest, folder)


@click.command("restore", cls=Command)
@click.argument("file", type=FILE)
@with_appcontext
def restore(file: Path) -> None:
    """Restore a backup into an empty home: a new folder, or a database without tables. Stop the server first."""
    _refuse_unless_empty()
    _home().mkdir(parents=True, exist_ok=True)
    with cleanup.workspace(_home()) as workspace:
        folder = workspace / "unpacked"
        folder.mkdir()
        manifest = archive.unpack(file, folder)
        if manifest.database != _kind():
            raise Conflict(
                f"This is a backup of {manifest.database}, and DATABASE_URL names {_kind()}. Set DATABASE_URL to match."
            )
        _put_pictures(folder / "media")
        if _is_sqlite():
            sqlite.load(folder, manifest.tables)
        else:
            postgresql.load(folder, manifest.tables, manifest.revision)
        _put_private_files(folder)
    click.echo(
        f"The site of {manifest.created_at[:16]} UTC is back: {len(manifest.files)} files, each checked."
    )
    problem = present_schema().problem
    if problem is not None:
        click.echo(problem)


def _refuse_unless_empty() -> None:
    if present_schema().revision is not None:
        raise Conflict(
            "There is a site here already, and a backup replaces nothing. Set MASTHEAD_HOME to a new folder"
            + ("." if _is_sqlite() else ", and DATABASE_URL to an empty database.")
        )
    pictures = store.current()
    is_new = isinstance(pictures, FolderStore) and not pictures.folder.exists()
    if not is_new and next(pictures.keys(), None) is not None:
        raise Conflict(
            f"There are pictures in {pictures.place} already. Set MEDIA_URL or MASTHEAD_HOME to a new folder."
        )


def _picture(key: str, folder: Path) -> Path:
    """Return the file of a picture: itself, or a copy of the one in the bucket."""
    pictures = store.current()
    if isinstance(pictures, FolderStore):
        return pictures.folder / key
    copy = folder / "picture"
    copy.write_bytes(pictures.get(key))
    return copy


def _put_pictures(folder: Path) -> None:
    pictures = store.current()
    if not folder.is_dir():
        return
    if isinstance(pictures, FolderStore):
        pictures.folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(folder, pictures.folder, dirs_exist_ok=True, copy_function=shutil.move)
        return
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        pictures.put(path.relative_to(folder).as_posix(), path.read_bytes())


def _put_private_files(folder: Path) -> None:
    """Restore the secrets of the old site, which sign its cookies and links, and its settings."""
    (_home() / "secrets").mkdir(mode=0o700, exist_ok=True)
    for path in sorted((folder / "secrets").glob("*")):
        path.replace(_home() / "secrets" / path.name)
    if (folder / "config.env").exists() and not (_home() / "config.env").exists():
        (folder / "config.env").replace(_home() / "config.env")


def _private_files() -> list[Path]:
    paths = [*sorted((_home() / "secrets").glob("[!.]*")), _home() / "config.env"]
    return [path for path in paths if path.is_file()]


def _home() -> Path:
    home: Path = current_app.config["MASTHEAD_HOME"]
    return home.absolute()


def _kind() -> str:
    return "SQLite" if _is_sqlite() else "PostgreSQL"


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
