"""The pictures of a folder, on their way into the media store: each is checked and encoded once, in whatever process meets it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.markdown.folder import Folder, shown
from masthead.media import actions as media
from masthead.media.errors import PictureRefused
from masthead.media.pictures import PictureFacts, prepare
from masthead.storage.store import Store

#: What a link may lead to and still be a picture that is kept.
ENDINGS: Final = (".avif", ".gif", ".jpeg", ".jpg", ".jfif", ".png", ".svg", ".webp", ".bmp", ".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture whose file is in the store."""

    path: str
    #: What the file was called in the folder.
    name: str
    #: None if the picture has its row already.
    facts: PictureFacts | None = None
    alt: str = ""
    #: Where the old site had it.
    old_path: str = ""

    @property
    def url(self) -> str:
        """Its address here."""
        return f"/media/{self.path}"


class Gallery:
    """The pictures of one folder. Copies of it work in other processes; ``files`` is None in a dry run."""

    def __init__(
        self, folder: Folder, files: Store | None, *, limit_bytes: int, known: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._files = files
        self._limit_bytes = limit_bytes
        #: Paths in the store, by the hash of the file that came in or of the one that is kept.
        self._known = known
        self._seen: dict[str, Kept | str] = {}

    def holds(self, file: str) -> bool:
        """Whether there is such a file."""
        return self._folder.holds(file)

    def keep(self, file: str) -> Kept:
        """Bring a file into the store; raises `Unreadable` with the reason if that cannot be."""
        if file not in self._seen:
            try:
                self._seen[file] = self._kept(file)
            except (Unreadable, PictureRefused) as error:
                self._seen[file] = error.message
        found = self._seen[file]
        if isinstance(found, str):
            raise Unreadable(found)
        return found

    def _kept(self, file: str) -> Kept:
        data = self._folder.read(file, limit=self._limit_bytes)
        name = shown(file.rpartition("/")[2])
        present = self._known.get(hashlib.sha256(data).hexdigest())
        if present is not None:
            return Kept(present, name)
        picture = prepare(data, limit_bytes=self._limit_bytes)
        if self._files is not None:
            media.keep_file(picture, self._files)
        return Kept(picture.path, name, picture.facts)
