"""Deletes what nobody needs: files that were long in the trash, retired variants, and unfinished uploads."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.jobs import enqueue, periodic
from masthead.media import actions
from masthead.media.models import Media, MediaUpload, MediaVariant
from masthead.media.tasks import RETIRED_FOR, delete_files
from masthead.media.uploads import parts

#: The days that a file stays in the trash.
TRASH_DAYS: Final = 30
UPLOAD_DAYS: Final = 1
PURGED_AT_ONCE: Final = 50


@periodic("media.purge", every=timedelta(hours=6), deletes=True)
def purge() -> None:
    """Delete files, variants and uploads whose time is over, a few in each transaction."""
    while _purge_trash() or _purge_variants() or _purge_uploads():
        db.session.commit()
    db.session.commit()


def _purge_trash() -> bool:
    due = select(Media).where(Media.trashed_at < clock.now() - timedelta(days=TRASH_DAYS)).order_by(Media.id)
    found = db.session.scalars(due.limit(PURGED_AT_ONCE).with_for_update()).all()
    for media in found:
        actions.purge(media, by=None)
    return bool(found)


def _purge_variants() -> bool:
    due = select(MediaVariant).where(MediaVariant.retired_at < clock.now() - RETIRED_FOR)
    found = db.session.scalars(due.order_by(MediaVariant.id).limit(PURGED_AT_ONCE)).all()
    for variant in found:
        db.session.delete(variant)
    if found:
        enqueue(delete_files, *sorted(variant.path for variant in found))
    return bool(found)


def _purge_uploads() -> bool:
    due = select(MediaUpload).where(MediaUpload.created_at < clock.now() - timedelta(days=UPLOAD_DAYS))
    found = db.session.scalars(due.order_by(MediaUpload.token).limit(PURGED_AT_ONCE)).all()
    for upload in found:
        parts.remove(upload)
    return bool(found)
