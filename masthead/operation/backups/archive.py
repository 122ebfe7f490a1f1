"""The backup file: a tar archive whose last member is a manifest of checksums. Knows no database."""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from masthead.errors import Conflict, Invalid

FORMAT = 1
MANIFEST = "manifest.json"
#: Allowed member names: relative paths without a segment that begins with a dot.
MEMBER = re.compile(
    r"(?:database|media|secrets)/[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)*|config\.env", re.ASCII
)
#: Name of the archive while it is incomplete.
DRAFT = "archive.part"
MANIFEST_BYTES = 512_000_000
CHUNK_BYTES = 1 << 20


@dataclass(slots=True)
class Manifest:
    """The metadata of a backup."""

    version: str
    created_at: str
    database: str
    revision: str
    #: Size and SHA-256 of each file.
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: Columns of each table, in the order of the data; empty where the database is one file.
    tables: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """Serialise the manifest for the archive."""
        document = {
            "format": FORMAT,
            "masthead": self.version,
            "created_at": self.created_at,
            "database": self.database,
            "revision": self.revision,
            "tables": self.tables,
            "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in self.files.items()},
        }
        return json.dumps(document, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Parse a manifest; raises `Invalid`."""
        try:
            document = json.loads(content)
            if document["format"] != FORMAT:
                raise Invalid(
                    "This backup was made by a newer version of Masthead. Restore it with that version."
                )
            return cls(
                version=str(document["masthead"]),
                created_at=str(document["created_at"]),
                database=str(document["database"]),
                revision=str(document["revision"]),
                files={name: (int(of["bytes"]), str(of["sha256"])) for name, of in document["files"].items()},
                tables={name: [str(column) for column in of] for name, of in document["tables"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Invalid("The manifest of this backup cannot be read. The file is damaged.") from None


class ArchiveWriter:
    """Writes an archive and collects its checksums."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar = tar
        self._manifest = manifest

    def add(self, name: str, path: Path) -> None:
        """Add a file, and record its checksum."""
        if not MEMBER.fullmatch(name):
            raise Invalid(f"{path} has a name that a backup cannot hold.")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            reader = _Hashing(file)
            self._tar.addfile(_member(name, size), reader)
        self._manifest.files[name] = (size, reader.digest.hexdigest())


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


@contextmanager
def writing(path: Path, manifest: Manifest, folder: Path) -> Iterator[ArchiveWriter]:
    """Write an archive that gets its name only when it is complete; raises `Conflict` if the name is taken.

    ``folder`` holds it until then, and is on the same file system.
    """
    if path.exists():
        raise Conflict(f"{path} exists already. Choose another name; a backup replaces nothing.")
    draft = folder / DRAFT
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        try:
            with tarfile.open(fileobj=file, mode="w:gz" if _is_compressed(path) else "w") as tar:
                yield ArchiveWriter(tar, manifest)
                content = manifest.as_json()
                tar.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))
            file.flush()
            os.fsync(file.fileno())
            # Unlike a rename, a hard link never replaces a file that was created in the meantime.
            os.link(draft, path)
        except FileExistsError:
            raise Conflict(
                f"{path} exists already. Choose another name; a backup replaces nothing."
            ) from None
        finally:
            draft.unlink()


@contextmanager
def streaming(into: IO[bytes], manifest: Manifest) -> Iterator[ArchiveWriter]:
    """Write a compressed archive to a pipe. The manifest, its last member, shows that it is complete."""
    with tarfile.open(fileobj=into, mode="w|gz") as tar:
        yield ArchiveWriter(tar, manifest)
        content = manifest.as_json()
        tar.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))
    into.flush()


def _is_compressed(path: Path) -> bool:
    return path.suffix in {".gz", ".tgz"}


def unpack(path: Path, into: Path) -> Manifest:
    """Extract an archive into an empty folder and verify each file; raises `Invalid` for a damaged archive."""
    checksums: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r:*") as tar:
            for member in tar:
                if member.name == MANIFEST and member.isfile() and member.size <= MANIFEST_BYTES:
                    manifest = Manifest.from_json(_content(tar, member).read())
                elif member.isfile() and MEMBER.fullmatch(member.name) and member.name not in checksums:
                    checksums[member.name] = _lay(_content(tar, member), into / member.name)
                else:
                    raise Invalid(f"{path} holds {member.name!r}, which no backup of Masthead has.")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Invalid(f"{path} cannot be read as a backup: {error}.") from None
    if manifest is None:
        raise Invalid(f"{path} is not a whole backup: its manifest is missing.")
    wrong = sorted(
        name for name in checksums.keys() | manifest.files if checksums.get(name) != manifest.files.get(name)
    )
    if wrong:
        raise Invalid(f"{path} is damaged: {wrong[0]} is not what was saved ({len(wrong)} such files).")
    return manifest


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise tarfile.TarError(f"{member.name} has no content")
    return content


def _lay(content: IO[bytes], path: Path) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def described(manifest: Manifest) -> dict[str, Any]:
    """Summarise a backup in figures for people."""
    return {"files": len(manifest.files), "bytes": sum(size for size, _ in manifest.files.values())}
