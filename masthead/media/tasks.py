"""Background work on files: makes variants, deletes files, and copies pictures of other sites for posts and pages."""

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import current_app
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.jobs import enqueue, periodic, task
from masthead.media import external, queries
from masthead.media.errors import PictureRefused
from masthead.media.models import Media, MediaStatus, MediaVariant
from masthead.media.processing import isolation
from masthead.media.processing.facts import MadeVariant
from masthead.storage import store as storage

#: The maximum number of copied images per text; no text written here has more.
LIMIT: Final = 200
#: The pictures that one job takes on, so that other work gets its turn.
PICTURES_AT_ONCE: Final = 5
#: The time for which replaced files are served, to pages that were made before.
RETIRED_FOR: Final = timedelta(days=7)
_MISSING: Final = "The file of this picture is missing in the store. Bring it in again."


@task("media.make_variants", writes=True)
def make_variants() -> str | None:
    """Make the variants of some waiting pictures; another job goes on with the rest."""
    waiting = db.session.scalars(queries.waiting_for_variants(PICTURES_AT_ONCE + 1)).all()
    db.session.rollback()
    for media_id in waiting[:PICTURES_AT_ONCE]:
        make_variants_of(media_id)
    if len(waiting) > PICTURES_AT_ONCE:
        enqueue(make_variants, unique_key="media.variants")
        db.session.commit()
    return f"{len(waiting[:PICTURES_AT_ONCE])} pictures."


@periodic("media.make_missing_variants", every=timedelta(hours=1))
def make_missing_variants() -> None:
    """Make the variants of pictures that were stored before there were any, or whose job was lost."""
    if db.session.scalar(queries.waiting_for_variants(1)) is not None:
        enqueue(make_variants, unique_key="media.variants")
        db.session.commit()


def make_variants_of(media_id: int) -> None:
    """Make the variants of a picture, in their own transaction. The pixels and the store come before it."""
    row = db.session.execute(
        select(Media.key, Media.content_hash, Media.media_type, Media.focal_x, Media.focal_y).where(
            Media.id == media_id
        )
    ).one_or_none()
    db.session.rollback()
    if row is None:
        return
    files = storage.current()
    with tempfile.TemporaryDirectory(prefix="masthead-") as folder:
        source = Path(folder) / "source"
        widths: tuple[int, ...] = current_app.config["MEDIA_WIDTHS"]
        try:
            files.get_file(row.key, source)
            focus = (row.focal_x, row.focal_y)
            with isolation.variants(source, row.media_type, widths, focus) as (made, placeholder):
                for one, path in made:
                    files.put_file(path_of(row.content_hash, one), path)
        except FileNotFoundError:
            _fail(media_id, row.content_hash, _MISSING)
        except PictureRefused as error:
            _fail(media_id, row.content_hash, error.message)
        else:
            _finish(media_id, row.content_hash, [one for one, _ in made], placeholder, focus)


def path_of(content_hash: str, made: MadeVariant) -> str:
    """Return the path of a variant: that of its picture, with its width and its own hash."""
    stem = f"{content_hash[:2]}/{content_hash[2:32]}"
    return f"{stem}-{made.width}-{made.content_hash[:8]}.{made.ending}"


def _finish(
    media_id: int,
    content_hash: str,
    made: list[MadeVariant],
    placeholder: str,
    focus: tuple[float, float],
) -> None:
    """Store the variants, unless the picture was changed meanwhile: then another job makes those of the new one."""
    media = _locked(media_id, content_hash)
    if media is None or focus != (media.focal_x, media.focal_y):
        db.session.rollback()
        return
    _set_variants(media, {path_of(content_hash, one): one for one in made})
    media.placeholder, media.problem = placeholder, ""
    media.status = MediaStatus.READY
    db.session.commit()


def _fail(media_id: int, content_hash: str, problem: str) -> None:
    """Record the reason. The variants that an earlier run made of this content stay: they show the same picture."""
    media = _locked(media_id, content_hash)
    if media is None:
        db.session.rollback()
        return
    media.problem, media.status = problem, MediaStatus.FAILED
    db.session.commit()


def _locked(media_id: int, content_hash: str) -> Media | None:
    """Return the picture, locked, if it still has this content."""
    return db.session.scalar(
        select(Media)
        .where(Media.id == media_id, Media.content_hash == content_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _set_variants(media: Media, wanted: dict[str, MadeVariant]) -> None:
    condition = (MediaVariant.media_id == media.id) | MediaVariant.path.in_(wanted)
    present = {row.path: row for row in db.session.scalars(select(MediaVariant).where(condition))}
    for path, row in present.items():
        if path not in wanted:
            row.retired_at = row.retired_at or clock.now()
        else:
            # Its content was here before, under another file.
            row.retired_at, row.media_id = None, media.id
    for path, one in wanted.items():
        if path not in present:
            db.session.add(
                MediaVariant(
                    media_id=media.id,
                    path=path,
                    media_type=one.media_type,
                    width=one.width,
                    height=one.height,
                    size=one.size,
                    content_hash=one.content_hash,
                    is_crop=one.is_crop,
                )
            )


@task("media.delete_files")
def delete_files(*keys: str) -> None:
    """Delete files from the store, except those that are in use again."""
    gone = set(keys) - queries.keys_in_use(keys)
    db.session.rollback()
    files = storage.current()
    for key in sorted(gone):
        files.delete(key)


def copy_missing(addresses: Sequence[str]) -> datetime | None:
    """Copy missing images, each in its own transaction; return the time for a retry if one may help."""
    # Imported here, because the actions of this feature import its tasks.
    from masthead.media.uploads import copying

    again: datetime | None = None
    present = external.copies_of(addresses)
    # No transaction is open while the other site answers.
    db.session.rollback()
    for address in addresses[:LIMIT]:
        if address not in present:
            again = copying.copy(address) or again
            db.session.commit()
    return again
