"""Links that name a file of the folder: relative to the text, `@/…` (Zola) or `{filename}…` (Pelican)."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final
from urllib.parse import unquote

from masthead.importing.image_import import ImageImporter
from masthead.importing.items import NoteCollector
from masthead.importing.markdown.dialect import Dialect
from masthead.importing.markdown.file_index import FileIndex
from masthead.importing.preparation.link_rewriter import NOT_IMPORTED, LinkRewriter
from masthead.importing.urls.index import AddressIndex
from masthead.text.slugs import slugify

_PELICAN: Final = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|]/?(.*)", re.DOTALL)


class FileLinkRewriter(LinkRewriter):
    """Rewrites the addresses in one text of a folder."""

    file_is_missing: ClassVar[str] = "is not in the folder"
    file_stays: ClassVar[str] = "stays in the folder: copy it to this address"

    def __init__(
        self,
        dialect: Dialect,
        addresses: AddressIndex,
        files: FileIndex,
        images: ImageImporter,
        *,
        file: str,
        own: str,
        notes: NoteCollector,
    ) -> None:
        super().__init__(dialect, addresses, images, own, notes)
        self._files = files
        #: The file of the text, relative to the folder.
        self._path = file

    def _url_of_file(self, name: str, *, beside: str = "", roots: Iterable[str] = ("",)) -> str | None:
        source = self._files.find(name, beside=beside, roots=roots)
        return self._addresses.urls.get(source) if source is not None else None

    def _new_url(self, path: str) -> str | None:
        if path.startswith("@/"):
            return self._url_of_file("/" + path[2:], roots=("content", ""))
        special = _PELICAN.match(path)
        if special:
            beside = "" if path[len(special[1]) + 2 :].startswith("/") else self._path
            return self._url_of_file(special[2], beside=beside, roots=("content", ""))
        if path.startswith("/"):
            found = super()._new_url(path)
            is_text = path.endswith((".md", ".markdown"))
            return found or (self._url_of_file(path, roots=("", "content")) if is_text else None)
        found = self._url_of_file(path, beside=self._path, roots=())
        return super()._new_url(path) if found is None else found

    def _candidate_files(self, path: str) -> Iterator[str]:
        if not path.startswith("/"):
            yield posixpath.join(self._path.rpartition("/")[0], unquote(path))
        yield from super()._candidate_files(path)

    def _file(self, path: str, suffix: str, *, is_picture: bool) -> str:
        special = _PELICAN.match(path)
        path = "/" + special[2].lstrip("/") if special else path
        return super()._file(path, suffix, is_picture=is_picture)

    def _unresolved(self, written: str, path: str, suffix: str) -> str:
        special = _PELICAN.match(path)
        if special and special[1] in {"author", "category", "tag", "index"}:
            return self._list_page(special, written)
        if path.startswith(("@", "{", "|")):
            self._notes.lost("links", f"{written} {NOT_IMPORTED}")
            return written
        return super()._unresolved(written, path, suffix)

    def _list_page(self, special: re.Match[str], written: str) -> str:
        """The page that Pelican's `{tag}name` and the like mean."""
        page = "/" if special[1] == "index" else f"/{special[1]}/{slugify(special[2])}"
        if page != "/" and not self._addresses.is_list(page):
            self._notes.lost("links", f"{written} {NOT_IMPORTED}")
        return page
