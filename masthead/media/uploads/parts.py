"""Uploads in parts, which go on after a broken connection. The parts lie in the store, so any machine can go on.

The protocol is a small part of tus 1.0 (https://tus.io/protocols/resumable-upload): a part is sent with the offset at
which it begins, and the offset of an upload can be asked for at any time.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed, NotFound
from masthead.jobs import enqueue
from masthead.media import limits
from masthead.media.actions import Added
from masthead.media.errors import FileTooLarge
from masthead.media.models import MediaUpload
from masthead.media.permissions import can_upload
from masthead.media.tasks import delete_files
from masthead.media.uploads import intake
from masthead.media.uploads.quotas import check_quota
from masthead.media.words import NOTHING, Words, file_name
from masthead.people.models import User
from masthead.storage import store as storage

#: The longest part. Each but the last has exactly this length, so that the parts of an upload are known from its offset.
PART_BYTES: Final = 4 * 1024 * 1024
#: Unfinished uploads of one person.
MOST_UPLOADS: Final = 50
FOLDER: Final = "uploads"


class OtherOffset(Conflict):
    """The part does not begin where the upload has got to."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"This upload has got to byte {offset}. Go on from there.")
        self.offset = offset


def begin(name: str, size: int, *, by: User, at: datetime) -> MediaUpload:
    """Announce an upload; refuses at once what would be refused at its end."""
    if not can_upload(by):
        raise NotAllowed("Your role does not allow you to bring in files.")
    if size < 1:
        raise Invalid("This file is empty. Choose another one.", field="bytes")
    if size > limits.upload_bytes():
        raise FileTooLarge(limits.upload_bytes())
    check_quota(by, size)
    open_uploads = select(func.count()).select_from(MediaUpload).where(MediaUpload.owner_id == by.id)
    if (db.session.scalar(open_uploads) or 0) >= MOST_UPLOADS:
        raise Conflict(f"You have {MOST_UPLOADS} unfinished uploads. Finish or cancel some of them first.")
    upload = MediaUpload(
        token=secrets.token_hex(16),
        owner_id=by.id,
        name=file_name(name),
        size=size,
        received=0,
        created_at=at,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def get(token: str, *, by: User) -> MediaUpload:
    """Return an unfinished upload of this person; raises `NotFound`."""
    return _found(token, by, is_locked=False)


def append(token: str, offset: int, content: bytes, *, by: User) -> int:
    """Store the next part, and return the new offset; raises `OtherOffset`. The same part again does no harm."""
    upload = _found(token, by, is_locked=False)
    end = offset + len(content)
    received, size = upload.received, upload.size
    db.session.rollback()
    if offset != received:
        raise OtherOffset(received)
    if end > size or not content or (len(content) != PART_BYTES and end != size):
        raise Invalid(
            f"Send parts of {PART_BYTES} bytes; only the last part, which ends at byte {size}, is shorter.",
            field="body",
        )
    # The part is written before its row: a row never counts bytes that are not there.
    storage.current().put(_key(token, offset), content)
    upload = _found(token, by, is_locked=True)
    if upload.received != offset:
        raise OtherOffset(upload.received)
    upload.received = end
    db.session.flush()
    return end


def finish(token: str, *, words: Words = NOTHING, by: User, at: datetime) -> Added:
    """Bring the whole file in, and forget the upload."""
    upload = _found(token, by, is_locked=False)
    if upload.received != upload.size:
        raise OtherOffset(upload.received)
    name, size = upload.name, upload.size
    db.session.rollback()
    added = intake.bring_in(_whole(token, size), name=name, words=words, by=by, at=at, announced=size)
    remove(_found(token, by, is_locked=True))
    return added


def cancel(token: str, *, by: User) -> None:
    """Forget an upload with its parts."""
    remove(_found(token, by, is_locked=True))


def remove(upload: MediaUpload) -> None:
    """Forget an upload; a job deletes its parts."""
    db.session.delete(upload)
    enqueue(delete_files, *keys_of(upload))


def keys_of(upload: MediaUpload) -> list[str]:
    """Return the keys of the parts of an upload, also of those that have not arrived."""
    return [_key(upload.token, start) for start in range(0, upload.size, PART_BYTES)]


def _found(token: str, by: User, *, is_locked: bool) -> MediaUpload:
    statement = select(MediaUpload).where(MediaUpload.token == token, MediaUpload.owner_id == by.id)
    if is_locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    upload = db.session.scalar(statement)
    if upload is None:
        raise NotFound("There is no such upload, or it was finished or given up. Begin again.")
    return upload


def _key(token: str, offset: int) -> str:
    return f"{FOLDER}/{token}/{offset // PART_BYTES}"


def _whole(token: str, size: int) -> Iterator[bytes]:
    files = storage.current()
    for start in range(0, size, PART_BYTES):
        yield files.get(_key(token, start))
