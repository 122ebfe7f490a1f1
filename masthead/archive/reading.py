"""Opens an archive and checks it before anything of it is believed: members, sizes, hashes. Nothing is unpacked."""

import hashlib
import hmac
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from click import format_filename

from masthead.archive.errors import BadArchive
from masthead.archive.writing import FORMAT, MANIFEST
from masthead.storage.store import KEY, KEY_CHARACTERS

MAX_MEMBERS: Final = 1_000_000
MANIFEST_BYTES: Final = 500_000_000
#: A text file: the longest body, and its front matter.
DOCUMENT_BYTES: Final = 32_000_000
#: A line of JSON: a revision with the longest body, escaped.
LINE_BYTES: Final = 64_000_000
JSON_BYTES: Final = 100_000_000
#: Texts do not pack better; what does is made to fill memory.
MAX_RATIO: Final = 200
FREE_BYTES: Final = 20_000_000
CHUNK_BYTES: Final = 1 << 20
TABLES: Final = (
    "accounts.jsonl", "comments.jsonl", "embeds.jsonl", "external_pictures.jsonl", "media.jsonl", "notes.jsonl", "presets.jsonl", "redirects.jsonl",
    "revisions.jsonl", "roles.json", "settings.json", "statistics.jsonl", "tags.json",
)  # fmt: skip
_DOCUMENT: Final = re.compile(r"(?:posts|pages)/(?!\.)[^/\\\0]{1,250}\.md")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class ArchiveReader:
    """An archive whose members are those that its manifest names."""

    def __init__(
        self, archive: zipfile.ZipFile, manifest: dict[str, Any], members: dict[str, zipfile.ZipInfo]
    ) -> None:
        self._zip = archive
        self._members = members
        self.manifest = manifest
        self.has_passwords = manifest.get("with_passwords") is True

    def slugs(self, folder: str) -> list[str]:
        """The sorted slugs of the posts, or of the pages."""
        start = f"{folder}/"
        return sorted(name[len(start) : -len(".md")] for name in self._members if name.startswith(start))

    def has(self, name: str) -> bool:
        """Check if there is such a member."""
        return name in self._members

    def size(self, name: str) -> int:
        """The size of a member in bytes."""
        return self._members[name].file_size

    @property
    def files(self) -> list[str]:
        """The sorted keys of the files of the media library."""
        return sorted(name.removeprefix("media/") for name in self._members if name.startswith("media/"))

    @property
    def size_of_files(self) -> int:
        """The bytes of all files."""
        return sum(entry.file_size for name, entry in self._members.items() if name.startswith("media/"))

    def check_hashes(self) -> None:
        """Read everything once; raises `BadArchive` at the first member that is not what the manifest says."""
        for name, wanted in self.manifest["members"].items():
            digest = hashlib.sha256()
            for chunk in self.chunks(name):
                digest.update(chunk)
            if not hmac.compare_digest(digest.hexdigest(), wanted["sha256"]):
                raise BadArchive(
                    f"{_short(name)} is not what was exported: its hash differs from the manifest's."
                )

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, in parts."""
        with self._open(name) as file, _sentences(name):
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def text(self, name: str) -> str:
        """A text file."""
        return self._decoded(name, self._read(name, DOCUMENT_BYTES))

    def json(self, name: str) -> Any:
        """A member that is one JSON value."""
        return _parsed(name, self._decoded(name, self._read(name, JSON_BYTES)))

    def lines(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records of a member, with the numbers of their lines."""
        with self._open(name) as file, _sentences(name):
            number = 0
            while line := file.readline(LINE_BYTES):
                number += 1
                place = f"{name}, line {number}"
                if not line.endswith(b"\n"):
                    raise BadArchive(f"{place}: the line is too long, or cut off.")
                value = _parsed(place, self._decoded(place, line))
                if not isinstance(value, dict):
                    raise BadArchive(f"{place}: this is no record.")
                yield number, value

    def _read(self, name: str, limit: int) -> bytes:
        with self._open(name) as file, _sentences(name):
            data = file.read(limit + 1)
        if len(data) > limit:
            raise BadArchive(f"{_short(name)} has more than {limit // 1_000_000} MB.")
        return data

    def _open(self, name: str) -> IO[bytes]:
        with _sentences(name):
            return self._zip.open(self._members[name])

    def _decoded(self, place: str, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise BadArchive(f"{_short(place)} is not UTF-8.") from None


@contextmanager
def opened(path: Path) -> Iterator[ArchiveReader]:
    """Open an archive and check its members against the manifest, but not their hashes; raises `BadArchive`."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise BadArchive(
            f"{format_filename(path)} is no ZIP that can be read, or is cut off: {error}."
        ) from None
    except OSError as error:
        raise BadArchive(f"{format_filename(path)} cannot be read: {error.strerror or error}.") from None
    with archive:
        members = _members(archive)
        manifest = _manifest(archive, members.pop(MANIFEST, None))
        _compare(manifest["members"], members)
        yield ArchiveReader(archive, manifest, members)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise BadArchive(f"The archive has more than {MAX_MEMBERS} members.")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BadArchive(f"{_short(name)} is a symbolic link. An archive has none.")
        if name in found:
            raise BadArchive(f"{_short(name)} is in the archive twice.")
        if not _is_member(name) or ".." in name.split("/"):
            raise BadArchive(f"{_short(name)} does not belong into an archive.")
        if entry.flag_bits & 1:
            raise BadArchive(f"{_short(name)} is encrypted.")
        if entry.file_size > FREE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise BadArchive(f"{_short(name)} unpacks to more than {MAX_RATIO} times its size.")
        found[name] = entry
    return found


def _is_member(name: str) -> bool:
    key = name.removeprefix("media/")
    is_file = key != name and len(key) <= KEY_CHARACTERS and KEY.fullmatch(key) is not None
    return name in TABLES or name == MANIFEST or is_file or _DOCUMENT.fullmatch(name) is not None


def _manifest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> dict[str, Any]:
    if entry is None:
        raise BadArchive(f"There is no {MANIFEST}, so this is no archive of Masthead.")
    with _sentences(MANIFEST), archive.open(entry) as file:
        data = file.read(MANIFEST_BYTES + 1)
    if len(data) > MANIFEST_BYTES:
        raise BadArchive(f"{MANIFEST} has more than {MANIFEST_BYTES // 1_000_000} MB.")
    try:
        found = json.loads(data)
        version, members = found["format"], found["members"]
        is_sound = isinstance(found, dict) and all(
            isinstance(one["bytes"], int) and _HASH.fullmatch(one["sha256"]) for one in members.values()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_sound, version = False, FORMAT
    if version != FORMAT:
        raise BadArchive(
            f"This archive has format {version!r:.20}; this version of Masthead reads format {FORMAT}."
        )
    if not is_sound:
        raise BadArchive(f"{MANIFEST} cannot be understood.")
    return dict(found)


def _compare(named: dict[str, Any], members: dict[str, zipfile.ZipInfo]) -> None:
    for name in named.keys() | set(TABLES):
        if name not in members:
            raise BadArchive(f"{_short(name)} is missing in the archive.")
    for name, entry in members.items():
        if name not in named:
            raise BadArchive(f"{_short(name)} is not in the manifest.")
        if entry.file_size != named[name]["bytes"]:
            raise BadArchive(f"{_short(name)} is not as long as the manifest says.")


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Turn an error of the ZIP into a sentence."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise BadArchive(f"{_short(name)} cannot be read: {error}.") from None


def _parsed(place: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadArchive(f"{_short(place)} is no JSON.") from None


def _short(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in name)
    return printable if len(printable) <= 200 else f"{printable[:200]}…"
