"""``masthead media move``: copies every file to another store while readers read."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from masthead.config.types import picture_place
from masthead.errors import Invalid
from masthead.storage import store
from masthead.storage.errors import StoreUnavailable
from masthead.storage.store import FileStore
from masthead.web.commands import Command


@click.command("move", cls=Command)
@click.argument("url")
@click.option("--from", "origin", help="Where the pictures are; default MEDIA_URL.")
@with_appcontext
def move(url: str, origin: str | None) -> None:
    """Copy every picture to URL, a folder or s3://bucket/folder?endpoint=https://…&region=…, and compare.

    Nothing is deleted, and what is there already is not copied again: run it, change MEDIA_URL, restart the site, and
    run it once more with --from for what came in meanwhile.
    """
    if not url:
        raise Invalid("Name the folder or the bucket that the pictures are copied to.")
    source = store.current() if origin is None else _named(origin)
    target = _named(url)
    if source.place == target.place:
        raise Invalid(f"The pictures are in {source.place} already.")
    problem = target.problem()
    if problem is not None:
        raise click.ClickException(problem)
    try:
        copied, total = _copy(source, target)
    except StoreUnavailable as error:
        raise click.ClickException(
            f"The pictures were not all copied: {error} Run the command again."
        ) from None
    click.echo(f"{click.format_filename(target.place)} holds all {total} files, {copied} of them new.")
    click.echo(
        f"Set MEDIA_URL={click.format_filename(url)} and restart the site. {source.place} is as it was."
    )


def _named(url: str) -> FileStore:
    try:
        return store.named(picture_place(url), current_app.config)
    except ValueError as error:
        raise Invalid(f"{url} {error}.") from None


def _copy(source: FileStore, target: FileStore) -> tuple[int, int]:
    keys = sorted(source.keys())
    copied = 0
    with (
        Progress(console=Console(stderr=True), transient=True) as progress,
        TemporaryDirectory(prefix="masthead-") as folder,
    ):
        for key in progress.track(keys, description="Files"):
            # Names derive from the content, so a file of equal size is the same one.
            size = source.size(key)
            if size is None or target.size(key) == size:
                continue
            local = Path(folder) / "file"
            source.get_file(key, local)
            target.put_file(key, local)
            if _hash_of(target, key) != _hash_of(source, key):
                raise StoreUnavailable(f"{key} is not the same in {target.place}.")
            copied += 1
    return copied, len(keys)


def _hash_of(files: FileStore, key: str) -> bytes:
    digest = hashlib.sha256()
    for part in files.chunks(key, 0, files.size(key) or 0):
        digest.update(part)
    return digest.digest()
