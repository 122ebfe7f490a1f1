"""Writes the ZIP: equal content gives equal bytes. Knows no database."""

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from click import format_filename

from masthead.archive import values
from masthead.errors import Invalid

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
#: The date of every member: the first that a ZIP can hold.
DATE: Final = (1980, 1, 1, 0, 0, 0)
#: Numbers the systems that a ZIP names; 3 is Unix.
_UNIX: Final = 3
_LEVEL: Final = 6


class MemberWriter:
    """An archive that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self._members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, is_packed: bool = True) -> None:
        """Write a member from its parts."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_entry(name, is_packed=is_packed), "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        self._members[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def add_lines(self, name: str, records: Iterable[Any]) -> int:
        """Write a member with one record on each line; the number of records."""
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            for record in records:
                count += 1
                yield f"{values.line(record)}\n".encode()

        self.add(name, lines())
        return count

    def add_json(self, name: str, value: Any) -> None:
        """Write a member that is one JSON value."""
        self.add(name, [f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()])

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest, and sort the directory of the ZIP."""
        manifest = {"format": FORMAT, "generator": "Masthead"} | facts | {"members": self._members}
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        with self._zip.open(_entry(MANIFEST, is_packed=True), "w", force_zip64=True) as file:
            file.write(f"{text}\n".encode())
        # The manifest holds the hashes of all other members, so it is written last; readers see the directory's order.
        self._zip.filelist.sort(key=lambda entry: entry.filename)


def _entry(name: str, *, is_packed: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, DATE)
    entry.create_system = _UNIX
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    return entry


@contextmanager
def written(path: Path) -> Iterator[MemberWriter]:
    """Write an archive, which gets its name when it is complete; raises `Invalid`.

    Only its owner can read it, since it has email addresses.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        if path.exists() and not path.is_file():
            raise Invalid(f"{format_filename(path)} is not a file. Name one that may be replaced.")
        with _private(partial) as file:
            with zipfile.ZipFile(file, "w", compresslevel=_LEVEL) as archive:
                yield MemberWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise Invalid(f"{format_filename(path)} cannot be written: {error.strerror or error}.") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
