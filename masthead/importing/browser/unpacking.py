"""Unpacks an uploaded ZIP with a folder of Markdown files, for as long as it is read."""

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from masthead.importing.errors import SourceNotFound
from masthead.importing.reading.plain_text import printable

MAX_MEMBERS: Final = 100_000
#: Texts do not pack better; what does is made to fill a disk.
MAX_RATIO: Final = 100
FREE_BYTES: Final = 100_000_000
CHUNK_BYTES: Final = 1024 * 1024


@contextmanager
def unpacked(file: Path) -> Iterator[Path]:
    """Unpack a ZIP beside the file, and yield the folder of the site; raises `SourceNotFound`."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise SourceNotFound(f"This is not a ZIP that can be read: {error}.") from None
    with archive, tempfile.TemporaryDirectory(dir=file.parent.parent, prefix="unpacked-") as temporary:
        root = Path(temporary) / file.stem
        root.mkdir()
        try:
            _unpack(archive, root, max(FREE_BYTES, MAX_RATIO * file.stat().st_size))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise SourceNotFound(f"The ZIP is damaged: {error}.") from None
        # Whoever packs a folder, and not the files in it, has one folder in the ZIP.
        entries = list(root.iterdir())
        yield entries[0] if len(entries) == 1 and entries[0].is_dir() else root


def _unpack(archive: zipfile.ZipFile, root: Path, free: int) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise SourceNotFound(f"The ZIP has more than {MAX_MEMBERS} files.")
    for member in members:
        path = _path_of(member)
        if path is None:
            continue
        target = root / path
        with archive.open(member) as content:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    free = _copy(content, out, free)
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                raise SourceNotFound(
                    f"The ZIP has two files for {printable(member.filename)[:200]}."
                ) from None


def _path_of(member: zipfile.ZipInfo) -> PurePosixPath | None:
    """The path of a regular file; None for folders, links, and what macOS adds. Raises `SourceNotFound`."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if member.is_dir() or stat.S_ISLNK(member.external_attr >> 16) or "__MACOSX" in path.parts:
        return None
    if path.is_absolute() or ".." in path.parts or "\0" in member.filename:
        raise SourceNotFound(f"{printable(member.filename)[:200]} leads out of the ZIP.")
    return path


def _copy(content: IO[bytes], out: IO[bytes], free: int) -> int:
    """Copy a file, and return the bytes that are still free; raises `SourceNotFound`."""
    while chunk := content.read(CHUNK_BYTES):
        free -= len(chunk)
        if free < 0:
            raise SourceNotFound(f"The ZIP unpacks to more than {MAX_RATIO} times its size.")
        out.write(chunk)
    return free
