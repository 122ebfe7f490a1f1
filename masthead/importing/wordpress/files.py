"""Opens export files: plain, compressed with gzip, or in a ZIP; as characters that a page can hold."""

import codecs
import gzip
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from click import format_filename

from masthead.errors import Invalid
from masthead.importing.errors import SourceNotFound, Unreadable

CHUNK_BYTES: Final = 1 << 20
#: No text packs better; what does is made to fill a disk.
MAX_RATIO: Final = 200
FREE_BYTES: Final = 100 << 20
MAX_MEMBERS: Final = 10_000
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']")
#: XML 1.0 excludes them, and WordPress writes them all the same.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class ExportFile:
    """One file of an export: its name for people, and its text in parts."""

    def __init__(self, path: Path, member: str = "") -> None:
        self._path = path
        self._member = member
        self.name = f"{path.name}/{member}" if member else path.name
        #: Characters that were left out because no text can hold them.
        self.dropped = 0

    def parts(self) -> Iterator[str]:
        """The text; raises `Unreadable` where the file cannot be read any further."""
        decoder = None
        try:
            for chunk in self._bytes():
                if decoder is None:
                    decoder = codecs.getincrementaldecoder(_encoding(chunk))(errors="replace")
                yield self._storable(decoder.decode(chunk))
            if decoder is not None:
                yield self._storable(decoder.decode(b"", final=True))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise Unreadable(f"The compressed file is damaged or cut off ({error}).") from None
        except (OSError, RuntimeError, NotImplementedError) as error:
            raise Unreadable(f"The file cannot be read: {error}.") from None

    def _storable(self, text: str) -> str:
        kept, count = _CONTROL.subn("", text)
        self.dropped += count
        return kept.replace("\r\n", "\n").replace("\r", "\n")

    def _bytes(self) -> Iterator[bytes]:
        packed = self._path.stat().st_size
        with closing(self._stream()) as stream:
            total = 0
            while chunk := stream.read(CHUNK_BYTES):
                total += len(chunk)
                if total > FREE_BYTES and self._is_packed and total > packed * MAX_RATIO:
                    raise Unreadable(
                        f"It unpacks to more than {MAX_RATIO} times its size, as no text does. Unpack it yourself if you trust it."
                    )
                yield chunk

    @property
    def _is_packed(self) -> bool:
        return bool(self._member) or _begins_with(self._path, b"\x1f\x8b")

    def _stream(self) -> IO[bytes] | gzip.GzipFile:
        if self._member:
            return zipfile.ZipFile(self._path).open(self._member)
        if _begins_with(self._path, b"\x1f\x8b"):
            return gzip.open(self._path)
        return self._path.open("rb")


def export_files(paths: list[Path]) -> list[ExportFile]:
    """The export files at these paths; raises `SourceNotFound`."""
    found: list[ExportFile] = []
    for path in paths:
        if not path.is_file():
            raise SourceNotFound(f"{format_filename(path)} is not a file. Name the files of the export.")
        try:
            found += (
                _in_zip(path)
                if zipfile.is_zipfile(path) and _begins_with(path, b"PK")
                else [ExportFile(path)]
            )
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise SourceNotFound(f"{format_filename(path)} cannot be opened: {error}.") from None
    return found


def _in_zip(path: Path) -> list[ExportFile]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise Invalid(f"{format_filename(path)} has more than {MAX_MEMBERS} members.")
        # Members are read where they are and never unpacked, so their paths lead nowhere.
        names = sorted(one.filename for one in members if _is_export(one))
    if not names:
        raise SourceNotFound(f"{format_filename(path)} has no XML file in it.")
    return [ExportFile(path, name) for name in names]


def _is_export(member: zipfile.ZipInfo) -> bool:
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    name = member.filename
    return (
        not is_link
        and not member.is_dir()
        and not member.flag_bits & 1
        and name.lower().endswith((".xml", ".wxr"))
        and not name.startswith("__MACOSX/")
    )


def _begins_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def _encoding(beginning: bytes) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if beginning.startswith(mark):
            return name
    declared = _DECLARED.search(beginning[:1_000])
    try:
        # Python has encodings that are none of text, such as zlib; they cannot decode a letter.
        name = declared[1].decode() if declared else "utf-8"
        codecs.getincrementaldecoder(name)(errors="replace").decode(b"")
        return name if b"".decode(name) == "" else "utf-8"
    except (LookupError, TypeError, ValueError):
        return "utf-8"
