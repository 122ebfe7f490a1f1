"""Compares the rows of the media library with the files of its store."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from masthead.db import db
from masthead.media.models import Media, MediaUpload, MediaVariant
from masthead.media.uploads import parts
from masthead.storage.store import FileStore


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file that a row refers to; its size is unknown for the original of an edited picture."""

    key: str
    size: int | None
    #: SHA-256 of the content, or its beginning.
    content_hash: str


@dataclass(slots=True)
class StoreComparison:
    """The differences between rows and files, by key."""

    count: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)


def compare(
    files: FileStore, *, reads_files: bool, track: Callable[[list[ExpectedFile]], Iterable[ExpectedFile]]
) -> StoreComparison:
    """Compare all rows with all files. No transaction is open while the store answers."""
    expected = {file.key: file for file in _expected()}
    known = set(expected) | _parts_of_uploads()
    db.session.rollback()
    result = StoreComparison(count=len(expected))
    for file in track(sorted(expected.values(), key=lambda one: one.key)):
        size = files.size(file.key)
        if size is None:
            result.missing.append(file.key)
        elif file.size not in {None, size} or (reads_files and not _is_sound(files, file, size)):
            result.damaged.append(file.key)
    result.stray = sorted(key for key in files.keys() if key not in known)  # noqa: SIM118 - a store is no mapping
    return result


def _is_sound(files: FileStore, file: ExpectedFile, size: int) -> bool:
    digest = hashlib.sha256()
    for part in files.chunks(file.key, 0, size):
        digest.update(part)
    return digest.hexdigest().startswith(file.content_hash)


def _expected() -> Iterator[ExpectedFile]:
    for key, unedited, size, digest in db.session.execute(
        select(Media.key, Media.unedited_key, Media.size, Media.content_hash)
    ):
        yield ExpectedFile(key, size, digest)
        if unedited is not None:
            # A key is derived from the hash of its content.
            yield ExpectedFile(unedited, None, unedited.rpartition(".")[0].replace("/", ""))
    for path, size, digest in db.session.execute(
        select(MediaVariant.path, MediaVariant.size, MediaVariant.content_hash)
    ):
        yield ExpectedFile(path, size, digest)


def _parts_of_uploads() -> set[str]:
    return {key for upload in db.session.scalars(select(MediaUpload)) for key in parts.keys_of(upload)}
