"""Brings a file in, from a stream to the library: the slow part precedes the first statement that writes."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from masthead.db import db
from masthead.errors import NotAllowed
from masthead.media import actions, limits, queries
from masthead.media.actions import Added
from masthead.media.errors import FileTooLarge
from masthead.media.models import Media
from masthead.media.permissions import can_upload
from masthead.media.processing import isolation
from masthead.media.processing.facts import PictureEdit, PictureFacts
from masthead.media.processing.isolation import PreparedFile
from masthead.media.uploads.quotas import check_quota
from masthead.media.words import NOTHING, Words, check
from masthead.people.models import User
from masthead.storage import store as storage

CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that has arrived, in a temporary folder."""

    path: Path
    size: int
    source_hash: str


@contextmanager
def received(parts: Iterable[bytes], limit_bytes: int) -> Iterator[ReceivedFile]:
    """Write the parts of a file to a temporary one; raises `FileTooLarge` as soon as it is too long."""
    with tempfile.TemporaryDirectory(prefix="masthead-") as folder:
        path, digest, size = Path(folder) / "received", hashlib.sha256(), 0
        with path.open("wb") as file:
            for part in parts:
                size += len(part)
                if size > limit_bytes:
                    raise FileTooLarge(limit_bytes)
                digest.update(part)
                file.write(part)
        yield ReceivedFile(path, size, digest.hexdigest())


def parts_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream in parts that fit into memory."""
    while part := stream.read(CHUNK_BYTES):
        yield part


def bring_in(
    parts: Iterable[bytes],
    *,
    name: str,
    words: Words = NOTHING,
    by: User | None,
    at: datetime,
    announced: int = 0,
) -> Added:
    """Bring in a file; the same file again returns the one that is there. The caller commits.

    ``announced`` is the length of the unfinished upload that it comes from: the person's room holds it already.
    """
    _check_before(by, words)
    with stored(parts, by=by, announced=announced) as facts:
        return actions.add(facts, name=name, words=words, by=by, at=at, announced=announced)


def replace(media_id: int, parts: Iterable[bytes], *, version: int | None, by: User, at: datetime) -> Media:
    """Put another file at the address of one; ``version`` is the state that the person saw."""
    _check_before(by, NOTHING)
    with stored(parts) as facts:
        media = queries.get_to_change(media_id, reader=by)
        actions.check_version(media, version)
        actions.replace(media, facts, by=by, at=at)
        return media


def edit(media_id: int, chosen: PictureEdit, *, version: int | None, by: User, at: datetime) -> Media:
    """Crop and turn a picture, always from the file that was brought in; `PictureEdit()` shows that one again."""
    media = queries.get(media_id, reader=by)
    actions.check_edit(media, chosen, by=by)
    unedited = media.unedited_key or media.key
    db.session.rollback()
    with tempfile.TemporaryDirectory(prefix="masthead-") as folder:
        source = Path(folder) / "source"
        storage.current().get_file(unedited, source)
        with isolation.edited(source, chosen) as file:
            facts = _kept(file)
            media = queries.get_to_change(media_id, reader=by)
            actions.check_version(media, version)
            actions.edit(media, chosen, facts, unedited=unedited, by=by, at=at)
            return media


def _check_before(by: User | None, words: Words) -> None:
    """Refuse, before the work, what would be refused after it."""
    if by is not None and not can_upload(by):
        raise NotAllowed("Your role does not allow you to bring in files.")
    check(words)


@contextmanager
def stored(
    parts: Iterable[bytes], *, by: User | None = None, is_picture: bool = False, announced: int = 0
) -> Iterator[PictureFacts]:
    """Check a file, and write it to the store. Both take time, so no transaction is open."""
    settings = limits.current(is_picture=is_picture)
    with received(parts, settings.size) as file:
        if by is not None:
            check_quota(by, file.size, announced=announced)
        db.session.rollback()
        with isolation.prepared(file.path, settings) as ready:
            yield _kept(ready)


def _kept(file: PreparedFile) -> PictureFacts:
    files = storage.current()
    if files.size(file.facts.path) != file.facts.size:
        files.put_file(file.facts.path, file.path)
    return file.facts
