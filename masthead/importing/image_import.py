"""Imports files of a source into the media store. Each is checked and encoded once, with the limits of an upload."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol
from urllib.parse import unquote

from masthead.importing.errors import Unreadable
from masthead.importing.reading.plain_text import printable
from masthead.media import actions as media
from masthead.media.errors import PictureRefused
from masthead.media.external import hash_of
from masthead.media.processing import isolation, kinds
from masthead.media.processing.facts import PictureFacts, PreparedPicture
from masthead.media.processing.isolation import UploadLimits
from masthead.storage.store import FileStore
from masthead.text.media_kinds import path_of

#: The extensions of files that are imported as images when a text links to them.
IMAGE_EXTENSIONS: Final = (
    ".avif", ".gif", ".jpeg", ".jpg", ".jfif", ".png", ".svg", ".webp", ".bmp", ".tif", ".tiff",
)  # fmt: skip


class ImageFiles(Protocol):
    """The files of a source."""

    def has_file(self, path: str) -> bool:
        """Check if there is such a file."""

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file of at most ``limit`` bytes; raises `Unreadable`."""


@dataclass(frozen=True, slots=True)
class ImportedImage:
    """An image whose file is in the store."""

    path: str
    #: The name of the file in the source.
    name: str
    #: None if the image is in the media library already.
    facts: PictureFacts | None = None
    alt: str = ""
    #: The path of the image on the old site.
    old_path: str = ""
    #: The URL from which the image was fetched, by which the next import finds it again.
    fetched_from: str = ""

    @property
    def url(self) -> str:
        """The address of the image here."""
        return f"/media/{self.path}"


class ImageImporter:
    """Imports images of one source. Worker processes have copies of it; ``store`` is None in a dry run."""

    def __init__(
        self,
        files: ImageFiles,
        store: FileStore | None,
        *,
        limits: UploadLimits,
        known: Mapping[str, str],
        copies: Mapping[str, str] | None = None,
    ) -> None:
        self._files = files
        self._store = store
        self._limits = limits
        #: Paths in the store, by the hash of the original and by the hash of the encoded file.
        self._known = known
        #: Paths in the store, by the hash of the URL from which they were fetched.
        self._copies = copies or {}
        self._seen: dict[str, ImportedImage | str] = {}

    def has_file(self, file: str) -> bool:
        """Check if the source has such a file."""
        return self._files.has_file(file)

    def is_copied(self, address: str) -> bool:
        """Check if the image at a URL was fetched by an earlier import."""
        return hash_of(address) in self._copies

    def import_file(self, file: str) -> ImportedImage:
        """Import a file; raises `Unreadable` with the reason if it is not an image that can be kept."""
        if file not in self._seen:
            try:
                self._seen[file] = self._imported(file)
            except (Unreadable, PictureRefused) as error:
                self._seen[file] = error.message
            except OSError as error:
                # The texts of the import come in without it, and the next import tries again.
                self._seen[file] = f"It cannot be read or stored here: {error.strerror or error}."
        found = self._seen[file]
        if isinstance(found, str):
            raise Unreadable(found)
        return found

    def _imported(self, file: str) -> ImportedImage:
        is_remote = file.startswith(("http://", "https://"))
        name = printable(unquote(path_of(file)) if is_remote else file).rpartition("/")[2]
        copied = self._copies.get(hash_of(file)) if is_remote else None
        if copied is not None:
            return ImportedImage(copied, name)
        data = self._files.read(file, limit=self._limits.size)
        origin = file if is_remote else ""
        present = self._known.get(hashlib.sha256(data).hexdigest())
        if present is not None:
            return ImportedImage(present, name, fetched_from=origin)
        picture = self._prepared(data)
        if self._store is not None:
            media.keep_file(picture, self._store)
        return ImportedImage(picture.path, name, picture.facts, fetched_from=origin)

    def _prepared(self, data: bytes) -> PreparedPicture:
        """Check and encode a file by its content, whatever its name says."""
        kind = kinds.of(data[: kinds.SVG_BYTES])
        is_picture = kind is None or kind.kind == "image"
        return isolation.imported(data, replace(self._limits, is_for_pictures=is_picture))
