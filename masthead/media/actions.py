"""Stores, describes, replaces and deletes files. Checking and encoding, the slow part, happens before.

`masthead.media.uploads.intake` does both for a request; an import prepares its pictures in processes of its own.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from masthead import audit
from masthead.db import db, insert_unique
from masthead.errors import Conflict, Invalid, NotAllowed
from masthead.jobs import enqueue
from masthead.media import queries
from masthead.media.errors import StaleMedia
from masthead.media.models import ALT_CHARACTERS, FileKind, Media, MediaStatus, MediaVariant
from masthead.media.permissions import can_change, can_upload, shares
from masthead.media.processing.facts import ENDINGS, PictureEdit, PictureFacts, PreparedPicture
from masthead.media.tasks import RETIRED_FOR, delete_files, make_variants
from masthead.media.uploads.quotas import check_quota
from masthead.media.words import NOTHING, Words, check, file_name, one_line, set_words
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.storage import store as storage
from masthead.storage.store import FileStore

_DRAWING = "image/svg+xml"
_NOT_YOURS = "Only the person who brought this file in, or an editor, can change it."
_IN_TRASH = "This file is in the trash. Only the person who brought it in, or an editor, can restore it."
_IN_DRAFT = "This file belongs to another person's draft. You can use it as soon as that text is published."
_SHARED = "Everybody uses this file now, and published texts may show it. Ask an editor to change it."


@dataclass(frozen=True, slots=True)
class Added:
    """A file of the library, and if it is new there."""

    media: Media
    is_new: bool


def add(
    facts: PictureFacts,
    *,
    name: str,
    words: Words = NOTHING,
    by: User | None,
    at: datetime,
    restores: bool | None = None,
    announced: int = 0,
) -> Added:
    """Create the row of a file that is in the store, or return the one with this content.

    That one leaves the trash if the person may restore it, or as ``restores`` says; otherwise this raises `Conflict`.
    Without ``by``, as from the shell, the file has no owner. It is a draft's own until a text with it is public, if its
    owner cannot publish. The person's room holds ``announced`` bytes of it already.
    """
    _check_right(by)
    check(words)
    present = _present(facts)
    if present is not None and present.content_hash == facts.content_hash:
        return _found_again(present, by=by, restores=restores)
    if by is not None:
        check_quota(by, facts.size, announced=announced)
    path = facts.path if present is None else _other_path(facts)
    is_new = insert_unique(
        Media, Media.content_hash, facts.content_hash, **_values(facts, path, name=name, by=by, at=at)
    )
    media = queries.with_content(facts.content_hash)
    if not is_new:
        return _found_again(media, by=by, restores=restores)
    if words != NOTHING:
        set_words(media, words)
    if media.status == MediaStatus.PROCESSING:
        enqueue(make_variants, unique_key="media.variants")
    if by is not None:
        _record("added", media, by=by)
    return Added(media, is_new=True)


def _present(facts: PictureFacts) -> Media | None:
    """Return the file with this content, or else the one that has the address of this content."""
    statement = select(Media).where(or_(Media.content_hash == facts.content_hash, Media.path == facts.path))
    found = db.session.scalars(statement).all()
    return max(found, key=lambda media: media.content_hash == facts.content_hash, default=None)


def _found_again(media: Media, *, by: User | None, restores: bool | None) -> Added:
    if by is not None and not media.is_shared and media.owner_id != by.id:
        if not shares(by):
            raise Conflict(_IN_DRAFT)
        # Two people have it now.
        media.is_shared = True
    if media.trashed_at is not None:
        may_restore = by is None or can_change(by, media)
        if not (may_restore if restores is None else restores):
            raise Conflict(_IN_TRASH)
        _take_out(media, by=by)
    return Added(media, is_new=False)


def _other_path(facts: PictureFacts) -> str:
    """Return an address for content whose own address belongs to a file that has been replaced since."""
    stem, _, ending = facts.path.rpartition(".")
    return f"{stem}-{secrets.token_hex(4)}.{ending}"


def _values(facts: PictureFacts, path: str, *, name: str, by: User | None, at: datetime) -> dict[str, object]:
    return _content(facts) | {
        "path": path,
        "name": file_name(name),
        "credit": facts.credit,
        "is_shared": by is None or shares(by),
        "owner_id": by.id if by else None,
        "created_at": at,
    }


def _content(facts: PictureFacts) -> dict[str, object]:
    is_ready = facts.kind != "image" or facts.media_type == _DRAWING
    return {
        "key": facts.path,
        "source_hash": facts.source_hash,
        "kind": facts.kind,
        "media_type": facts.media_type,
        "width": facts.width,
        "height": facts.height,
        "size": facts.size,
        "status": MediaStatus.READY if is_ready else MediaStatus.PROCESSING,
    }


def store(picture: PreparedPicture, *, name: str, alt: str = "", by: User | None, at: datetime) -> Media:
    """Store a picture and its row. The file is written first, so that no row is ever without its file."""
    _check_right(by)
    keep_file(picture, storage.current())
    return record(picture.facts, name=name, alt=alt, by=by, at=at)


def keep_file(picture: PreparedPicture, files: FileStore) -> None:
    """Write the file of a picture; it is served only once it has a row. Runs in any process, without a database."""
    if files.size(picture.path) != len(picture.content):
        files.put(picture.path, picture.content)


def record(
    facts: PictureFacts,
    *,
    name: str,
    alt: str = "",
    by: User | None,
    at: datetime,
    restores: bool | None = None,
) -> Media:
    """Create the row of a picture whose file is stored already; a long description is cut."""
    words = Words(alt=one_line(alt)[:ALT_CHARACTERS])
    return add(facts, name=name, words=words, by=by, at=at, restores=restores).media


def describe(media: Media, words: Words, *, by: User) -> None:
    """Change the words and the focal point of a file; raises `Invalid` with everything that is wrong."""
    _check_change(media, by)
    check(words)
    before = (media.focal_x, media.focal_y)
    set_words(media, words)
    media.version += 1
    if before != (media.focal_x, media.focal_y) and media.media_type in ENDINGS:
        # The picture of a card is cut around the focal point; the other variants come out as they were.
        media.status = MediaStatus.PROCESSING
        enqueue(make_variants, unique_key="media.variants")
    _record("described", media, by=by)


def replace(media: Media, facts: PictureFacts, *, by: User, at: datetime) -> None:
    """Put another file at the address of this one. Pages show it at once, under a URL of its own."""
    _check_change(media, by)
    if facts.kind != media.kind:
        raise Invalid(f"Replace this file with one of its kind: {media.kind}.", field="file")
    if facts.content_hash == media.content_hash:
        return
    if media.owner_id is not None:
        check_quota(accounts.get(media.owner_id), facts.size - media.size)
    _exchange(media, facts, at=at)
    media.unedited_key, media.source_hash = None, facts.source_hash
    _set_edit(media, PictureEdit())
    _record("replaced", media, by=by)


def check_version(media: Media, expected: int | None) -> None:
    """Raise `StaleMedia` if somebody has changed a file since the person saw it; None accepts every state."""
    if expected is not None and media.version != expected:
        raise StaleMedia


def check_edit(media: Media, chosen: PictureEdit, *, by: User) -> None:
    """Raise the error of an edit that is not possible."""
    _check_change(media, by)
    problem = chosen.problem()
    if media.kind != FileKind.IMAGE or media.media_type in {_DRAWING, "image/gif"}:
        problem = "Only photographs can be cropped and turned. Edit this file elsewhere, and replace it."
    if problem is not None:
        raise Invalid(problem, field="crop")


def edit(
    media: Media, chosen: PictureEdit, facts: PictureFacts, *, unedited: str, by: User, at: datetime
) -> None:
    """Show a cropped or turned version of a picture; ``unedited`` is the key of the file that it was made from."""
    _check_change(media, by)
    if (media.unedited_key or media.key) != unedited:
        raise Conflict(
            "Somebody has replaced this picture meanwhile. Look at it again, and repeat your change."
        )
    if facts.content_hash != media.content_hash:
        _exchange(media, facts, at=at)
    media.unedited_key = None if chosen.is_nothing else unedited
    _set_edit(media, chosen)
    _record("edited", media, by=by)


def _exchange(media: Media, facts: PictureFacts, *, at: datetime) -> None:
    other = db.session.scalar(select(Media).where(Media.content_hash == facts.content_hash))
    if other is not None and other.id != media.id:
        raise Conflict("This file is in the library already. Use that one.")
    for variant in db.session.scalars(select(MediaVariant).where(MediaVariant.media_id == media.id)):
        variant.retired_at = variant.retired_at or at
    former = {media.key, media.unedited_key or media.key}
    for name, value in _content(facts).items():
        setattr(media, name, value)
    media.content_hash, media.placeholder, media.problem = facts.content_hash, "", ""
    media.is_replaced = True
    media.version += 1
    db.session.flush()
    db.session.expire(media, ["variants"])
    # Pages that are open still load the former file for a while.
    enqueue(delete_files, *sorted(former), run_at=at + RETIRED_FOR)
    if media.status == MediaStatus.PROCESSING:
        enqueue(make_variants, unique_key="media.variants")


def _set_edit(media: Media, chosen: PictureEdit) -> None:
    media.rotation = chosen.rotation
    media.crop_left, media.crop_top = chosen.left, chosen.top
    media.crop_width, media.crop_height = chosen.width, chosen.height


def trash(media: Media, *, by: User, at: datetime) -> None:
    """Move a file to the trash: its address answers 404 until somebody restores it."""
    _check_change(media, by)
    if media.trashed_at is not None:
        raise Conflict("This file is in the trash already.")
    media.trashed_at = at
    media.version += 1
    _record("trashed", media, by=by)


def restore(media: Media, *, by: User) -> None:
    """Take a file out of the trash."""
    _check_change(media, by)
    if media.trashed_at is None:
        raise Conflict("This file is not in the trash.")
    _take_out(media, by=by)


def _take_out(media: Media, *, by: User | None) -> None:
    media.trashed_at = None
    media.version += 1
    _record("restored", media, by=by)


def purge(media: Media, *, by: User | None) -> None:
    """Delete a file in the trash for good, with its variants; a job deletes the bytes."""
    if by is not None:
        _check_change(media, by)
    if media.trashed_at is None:
        raise Conflict("Only a file in the trash can be deleted permanently.")
    paths = db.session.scalars(select(MediaVariant.path).where(MediaVariant.media_id == media.id))
    keys = {media.key, media.unedited_key or media.key, *paths}
    _record("deleted", media, by=by)
    db.session.delete(media)
    db.session.flush()
    enqueue(delete_files, *sorted(keys))


def _check_right(by: User | None) -> None:
    if by is not None and not can_upload(by):
        raise NotAllowed("Your role does not allow you to upload pictures.")


def _check_change(media: Media, by: User) -> None:
    if not can_change(by, media):
        raise NotAllowed(_SHARED if media.owner_id == by.id else _NOT_YOURS)


def _record(deed: str, media: Media, *, by: User | None) -> None:
    audit.record(f"media.{deed}", by=by, subject=media.name or media.path, media=media.id)
