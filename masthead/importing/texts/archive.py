"""The files of an export: in a ZIP, which is never unpacked, or in a folder that somebody has unpacked."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

from click import format_filename

from masthead.importing.errors import SourceNotFound, Unreadable

MAX_MEMBERS: Final = 200_000
#: The longest text that is read: the data of a site with a hundred thousand posts.
MAX_TEXT_BYTES: Final = 1_000_000_000
#: Texts and pictures do not pack better; what does is made to fill memory.
MAX_RATIO: Final = 200
FREE_BYTES: Final = 20_000_000


class ExportArchive:
    """The files by their path. Links are left out, and a path cannot lead out of the export."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._members: dict[str, str] = {}
        self._endings: dict[str, str] = {}
        self._zip: zipfile.ZipFile | None = None
        self._is_zip = path is not None and path.is_file()
        if path is not None:
            self._index(path)

    @classmethod
    def empty(cls) -> Self:
        """An export that is a single file, without others."""
        return cls(None)

    def _index(self, path: Path) -> None:
        try:
            for name, key in _in_zip(path) if self._is_zip else _in_folder(path):
                self._members[name] = key
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise SourceNotFound(f"{format_filename(path)} is not a ZIP that can be read: {error}.") from None
        for name in self._members:
            # The export may be in a folder of the ZIP.
            for depth in range(1, min(name.count("/"), 3) + 1):
                self._endings.setdefault(name.split("/", depth)[depth], name)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_zip"} | {"_zip": None}

    def names(self) -> Iterator[str]:
        """The paths of all files, in order."""
        return iter(sorted(self._members))

    def has_file(self, path: str) -> bool:
        """Check if there is such a file, perhaps below a folder that holds the whole export."""
        return path in self._members or path in self._endings

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        """Read a file of at most ``limit`` bytes; raises `Unreadable`."""
        name = path if path in self._members else self._endings.get(path)
        if name is None:
            raise Unreadable(f"{path[:200]} is not in the export.")
        try:
            data = (
                self._from_zip(name, limit) if self._is_zip else _from_file(Path(self._members[name]), limit)
            )
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise Unreadable(f"{name[:200]} cannot be read: {error}.") from None
        if len(data) > limit:
            raise Unreadable(f"{name[:200]} has more than {max(limit // 1_000_000, 1)} MB.")
        return data

    def text(self, path: str) -> str:
        """Read a file as text; raises `Unreadable`."""
        return self.read(path).decode("utf-8-sig", "replace").replace("\0", "").replace("\r\n", "\n")

    def _from_zip(self, name: str, limit: int) -> bytes:
        if self._zip is None:
            self._zip = zipfile.ZipFile(str(self.path))
        member = self._zip.getinfo(self._members[name])
        if member.file_size > FREE_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise Unreadable(f"{name[:200]} unpacks to more than {MAX_RATIO} times its size.")
        with self._zip.open(member) as file:
            return file.read(limit + 1)


def _in_zip(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise SourceNotFound(f"{format_filename(path)} has more than {MAX_MEMBERS} members.")
        for member in members:
            is_link = stat.S_ISLNK(member.external_attr >> 16)
            parts = PurePosixPath(member.filename.replace("\\", "/")).parts
            if is_link or member.is_dir() or member.flag_bits & 1 or ".." in parts or "__MACOSX" in parts:
                continue
            yield "/".join(part for part in parts if part != "/"), member.filename


def _in_folder(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_dir():
        raise SourceNotFound(f"{format_filename(path)} does not exist.")
    for file in path.rglob("*"):
        if file.is_file() and not file.is_symlink():
            yield file.relative_to(path).as_posix(), str(file)


def _from_file(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)
