"""Walks a folder and reads its files, never anything outside of it. Memory does not grow with the folder's size."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.reading.plain_text import printable

#: The longest novels are smaller. A larger file is a data dump; the report names it, and it is not read.
MAX_FILE_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A regular file, with its path relative to the folder as the file system spells it."""

    path: str


@dataclass(frozen=True, slots=True)
class RefusedPath:
    """A link, device or unreadable folder that is not opened, with the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """The folder of an import."""

    root: str

    @classmethod
    def open(cls, path: Path) -> "SourceFolder":
        """Open the folder at a path; raises `SourceNotFound` with the reason."""
        shown_path = printable(str(path))
        if not path.exists():
            raise SourceNotFound(f"There is no folder {shown_path}.")
        if not path.is_dir():
            raise SourceNotFound(f"{shown_path} is a file. Name the folder that holds the texts.")
        if not os.access(path, os.R_OK | os.X_OK):
            raise SourceNotFound(f"The folder {shown_path} cannot be read by this user.")
        return cls(os.path.realpath(path))

    def walk(self, descends_into: Callable[[str], bool]) -> Iterator[FolderFile | RefusedPath]:
        """All files in a stable order, folder by folder; ``enters`` decides for each folder."""
        waiting = [""]
        while waiting:
            within = waiting.pop()
            try:
                entries = sorted(os.scandir(self._full(within)), key=lambda entry: entry.name)
            except OSError as error:
                yield RefusedPath(within, f"This folder cannot be read: {error.strerror}.")
                continue
            folders = []
            for entry in entries:
                path = f"{within}/{entry.name}" if within else entry.name
                if entry.is_symlink():
                    yield RefusedPath(path, self._link_reason(path))
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_file(follow_symlinks=False):
                    yield FolderFile(path)
                else:
                    yield RefusedPath(path, "This is a pipe, socket or device, not a file.")
            waiting.extend(path for path in reversed(folders) if descends_into(path))

    def read(self, path: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Read a file; raises `Unreadable` if it is too large, not a regular file, or outside of the folder."""
        full = self._full(path)
        if not self._is_inside(full):
            raise Unreadable("This path leads out of the folder.")
        try:
            # These flags refuse a link that was put there meanwhile, and do not wait for the writer of a pipe.
            descriptor = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise Unreadable(f"This file cannot be opened: {error.strerror}.") from None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("This is not a file.")
            if status.st_size > limit:
                raise Unreadable(_too_large(status.st_size, limit))
            content = file.read(limit + 1)
        if len(content) > limit:
            raise Unreadable(_too_large(len(content), limit))
        return content

    def has_file(self, path: str) -> bool:
        """Check if there is such a file."""
        if "\x00" in path or not path or len(path) > os.pathconf("/", "PC_PATH_MAX"):
            return False
        full = self._full(path)
        return self._is_inside(full) and os.path.isfile(full)  # noqa: PTH113 (paths may be undecodable strings)

    def has_folder(self, path: str) -> bool:
        """Check if there is such a folder; a link to a folder does not count."""
        full = self._full(path)
        return self._is_inside(full) and os.path.isdir(full)  # noqa: PTH112 (paths may be undecodable strings)

    def files_in(self, path: str) -> list[str]:
        """The sorted paths of the files directly in a folder; none if there is no such folder."""
        return [
            f"{path}/{entry.name}" for entry in self._entries(path) if entry.is_file(follow_symlinks=False)
        ]

    def folders_in(self, path: str) -> list[str]:
        """The sorted paths of the folders directly in a folder."""
        return [
            f"{path}/{entry.name}" for entry in self._entries(path) if entry.is_dir(follow_symlinks=False)
        ]

    def _entries(self, path: str) -> "list[os.DirEntry[str]]":
        full = self._full(path)
        if not self._is_inside(full):
            return []
        try:
            return sorted(os.scandir(full), key=lambda entry: entry.name)
        except OSError:
            return []

    def changed_at(self, path: str) -> float:
        """The modification time of a file, in seconds since 1970."""
        return os.lstat(self._full(path)).st_mtime

    def _full(self, path: str) -> str:
        return os.path.join(self.root, path) if path else self.root  # noqa: PTH118 (paths may be undecodable strings)

    def _is_inside(self, full: str) -> bool:
        """Check if a path is inside the folder, without links and `..`."""
        try:
            is_below = full == self.root or full.startswith(self.root.rstrip(os.sep) + os.sep)
            return is_below and os.path.realpath(full) == full
        except (OSError, ValueError):
            return False

    def _link_reason(self, path: str) -> str:
        target = os.path.realpath(self._full(path))
        if target == self.root or target.startswith(self.root + os.sep):
            return "This is a symbolic link; what it leads to is read where it is."
        return "This symbolic link leads out of the folder and is not followed."


def _too_large(size: int, limit: int) -> str:
    return f"This file is too large: {size / 1_000_000:.1f} MB, where {limit // 1_000_000} are possible."
