"""Rewrites links and pictures in a text: links to imported items get new addresses, dead links go into the report."""

import posixpath
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import replace
from html import unescape
from typing import ClassVar, Final, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from masthead.importing.errors import Unreadable
from masthead.importing.image_import import IMAGE_EXTENSIONS, ImageImporter, ImportedImage
from masthead.importing.items import NoteCollector
from masthead.importing.reading.code_spans import find_code
from masthead.importing.reading.plain_text import printable
from masthead.importing.urls.index import AddressIndex

#: `](…`, `[…]: …` and `href="…"`: the opening, then the address.
_ADDRESS: Final = re.compile(
    r"(?P<inline>\]\(\s{0,20})(?P<a><[^<>\n]{0,2000}>|(?:[^\s()<>\\]|\\.|\([^\s()]{0,500}\))+)"
    r"|(?P<definition>^ {0,3}\[(?!\^)[^\]\n]{1,500}\]:[ \t]{0,20})(?P<b><[^<>\n]{0,2000}>|\S+)"
    r"|(?P<attribute>\s(?:href|src)\s{0,5}=\s{0,5}(?P<quote>[\"']))(?P<c>[^\"'<>\n]{0,2000})(?=(?P=quote))",
    re.MULTILINE | re.IGNORECASE,
)
_IMAGE_TAG: Final = re.compile(r"<(?:img|source|video|audio)\b[^<>]{0,2000}\Z", re.IGNORECASE)
_FILE_EXTENSION: Final = re.compile(r"\.(?!html?$|php$|md$|markdown$)[A-Za-z0-9]{1,5}$")
#: Rendered addresses that contain `{{`, `{%` or `<`, plain or percent-encoded.
_INVALID_ADDRESS: Final = re.compile(
    r"<[a-z]+\b[^<>]{0,2000}?\s(?:href|src)=\"([^\"]{0,500}?(?:\{\{|\{%|%7B%7B|%7B%25|<|&lt;|%3C)[^\"]{0,500})\""
)
#: The folders from which site generators serve files unchanged.
_STATIC_FOLDERS: Final = ("", "static/", "content/", "public/", "assets/", "src/")
#: Addresses that exist in every publication.
OWN_ADDRESSES: Final = frozenset(
    {"/", "/blog", "/search", "/feed.xml", "/rss.xml", "/feed.json", "/sitemap.xml"}
)
NOT_IMPORTED: Final = "leads to nothing that was imported"


class LinkedSite(Protocol):
    """The facts about the old site that links depend on."""

    @property
    def old_hosts(self) -> Collection[str]:
        """The host names of the old site."""

    @property
    def base_path(self) -> str:
        """The path prefix of the old site, without a trailing slash."""

    @property
    def fetches_images(self) -> bool:
        """True if jobs will copy images of other sites."""


class AddressRewriter(ABC):
    """Finds the addresses in a Markdown text and replaces them."""

    def rewrite(self, text: str) -> str:
        """Rewrite every address in the text that can be resolved."""
        code = find_code(text)
        return _ADDRESS.sub(
            lambda match: match[0] if code.contains(match.start()) else self._replaced(match), text
        )

    @abstractmethod
    def address(self, written: str, *, is_picture: bool = False) -> str:
        """The new form of an address; unchanged if it stays."""

    def _replaced(self, match: re.Match[str]) -> str:
        opening = match["inline"] or match["definition"] or match["attribute"]
        written = match[0][len(opening) :]
        bracketed = written.startswith("<")
        is_html = match["attribute"] is not None
        is_picture = self._is_picture(match, is_html=is_html)
        bare = written[1:-1] if bracketed else written
        new = self.address(unescape(bare), is_picture=is_picture)
        if new == unescape(bare):
            return match[0]
        if is_html:
            new = new.replace("&", "&amp;").replace('"', "%22").replace("'", "%27")
        elif re.search(r"[\s<>()]", new):
            new = "<" + new.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E") + ">"
        return opening + new

    def _is_picture(self, match: re.Match[str], *, is_html: bool) -> bool:
        if is_html:
            return bool(_IMAGE_TAG.search(match.string, max(match.start() - 2_000, 0), match.start()))
        if match["inline"] is None:
            return False
        # Search back for the matching bracket; an exclamation mark before it makes a picture.
        depth, position = 0, match.start()
        floor = max(position - 2_000, 0)
        while position >= floor:
            character = match.string[position]
            depth += {"]": 1, "[": -1}.get(character, 0)
            if depth == 0:
                return position > 0 and match.string[position - 1] == "!"
            position -= 1
        return False


class LinkRewriter(AddressRewriter):
    """Rewrites the addresses in one text. Sources with links of their own kind override the methods at the end."""

    #: The words of notes about files that the source does not have, or that are not images.
    file_is_missing: ClassVar[str] = "is not in the source"
    file_stays: ClassVar[str] = "is not imported: copy it to this address"

    def __init__(
        self, site: LinkedSite, addresses: AddressIndex, images: ImageImporter, own: str, notes: NoteCollector
    ) -> None:
        self._site = site
        self._addresses = addresses
        self._images = images
        #: The text's own address on the old site, which relative links start from; '' if it is not known.
        self._own = own
        self._notes = notes
        self.rewritten = 0
        #: The imported images that the text shows, by file.
        self.pictures: dict[str, ImportedImage] = {}

    def address(self, written: str, *, is_picture: bool = False) -> str:
        """The new form of an address; unchanged if it leads to another site or to nothing."""
        address = written.strip()
        if not address or address.startswith("#"):
            return written
        local = self._local(address)
        if local is None:
            if is_picture and address.startswith(("http://", "https://", "//")):
                self._note_external_picture(address[:200])
            return written
        path, suffix = _split(local)
        found = self._new_url(path)
        if found is not None:
            self.rewritten += 1
            if self._addresses.is_unpublished(found):
                self._notes.changed("links", f"{written} leads to a text that readers cannot see yet")
            return found + suffix
        if is_picture or _FILE_EXTENSION.search(path):
            return self._file(path, suffix, is_picture=is_picture)
        return self._unresolved(written, path, suffix)

    def lead(self, written: str, resolved: str, *, alt: str) -> str | None:
        """Import the lead picture, given as the text has it and as the old site resolved it; its new address."""
        local = self._local(resolved)
        if local is None:
            self._notes.lost("lead picture", f"{resolved} lies on another site, whose pictures are not shown")
            return None
        paths = [_split(path)[0] for path in (self._local(written), local) if path]
        file = next((file for path in paths for file in self._existing_files(path)), None)
        if file is None:
            self._notes.lost("lead picture", f"{written or resolved} {self.file_is_missing}")
            return None
        return self._imported(file, what="lead picture", alt=alt)

    def _note_external_picture(self, address: str) -> None:
        if self._site.fetches_images:
            self._notes.changed("pictures of other sites", f"{address} is copied here")
        else:
            self._notes.lost("pictures of other sites", f"{address} stays where it is")

    def _local(self, address: str) -> str | None:
        """The address as a path of the old site; None if it leads to another site."""
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address) or address.startswith("//"):
            try:
                parts = urlsplit(address)
                host = parts.hostname
            except ValueError:
                return None
            if parts.scheme not in {"http", "https", ""} or host not in self._site.old_hosts:
                return None
            return (
                (parts.path or "/")
                + (f"?{parts.query}" if parts.query else "")
                + (f"#{parts.fragment}" if parts.fragment else "")
            )
        return address

    def _joined(self, path: str) -> str:
        """A relative path as seen from the text's own address; '' if it cannot be resolved."""
        if not self._own:
            return ""
        try:
            return urljoin(self._own, path)
        except ValueError:
            return ""

    def _file(self, path: str, suffix: str, *, is_picture: bool) -> str:
        """The address of a picture or another file: an imported image, or the file's address on the old site."""
        file = next(self._existing_files(path), None)
        if file is not None and (is_picture or file.lower().endswith(IMAGE_EXTENSIONS)):
            url = self._imported(file, what="pictures", seen=path)
            if url is not None:
                self.rewritten += 1
                return url
        else:
            reason = self.file_stays if file else self.file_is_missing
            self._notes.lost("pictures" if is_picture else "files", f"{path} {reason}")
        if path.startswith("/"):
            return path + suffix
        return (self._joined(path) or path) + suffix

    def _existing_files(self, path: str) -> Iterator[str]:
        tried = dict.fromkeys(posixpath.normpath(file) for file in self._candidate_files(path))
        return (file for file in tried if self._images.has_file(file))

    def _imported(self, file: str, *, what: str, alt: str = "", seen: str = "") -> str | None:
        """Import an image file; its address, or None with a note if it is refused."""
        try:
            image = self._images.import_file(file)
        except Unreadable as error:
            self._notes.lost(what, f"{printable(file)} was refused: {error.message}")
            return None
        old_path = seen if seen.startswith("/") else self._joined(seen) if seen else ""
        self.pictures.setdefault(file, replace(image, alt=alt, old_path=old_path))
        return image.url

    def _is_list(self, path: str) -> bool:
        return self._addresses.is_list(path) or self._addresses.is_list(self._below_base(path))

    def _below_base(self, path: str) -> str:
        base = self._site.base_path
        return path[len(base) :] if base and path.startswith(f"{base}/") else path

    # For sources to override ---------------------------------------------------------------------

    def _new_url(self, path: str) -> str | None:
        """The new address of the item at a path; None if there is none."""
        if path.startswith("/"):
            if self._addresses.is_new(path):
                return path
            found = self._addresses.url_of_path(path)
            below = self._below_base(path)
            return found or (self._addresses.url_of_path(below) if below != path else None) or None
        joined = self._joined(path)
        return self._addresses.url_of_path(joined) if joined else None

    def _candidate_files(self, path: str) -> Iterator[str]:
        """The files of the source that an address may mean, the most likely first."""
        seen = [path]
        if (below := self._below_base(path)) != path:
            seen.append(below)
        if not path.startswith("/") and (joined := self._joined(path)):
            seen.append(joined)
        yield from (prefix + unquote(one).lstrip("/") for one in seen for prefix in _STATIC_FOLDERS)

    def _unresolved(self, written: str, path: str, suffix: str) -> str:
        """The form of a link that leads to no item: unchanged for lists and our own pages, else noted as lost."""
        if path == "/" or path.rstrip("/") in OWN_ADDRESSES or (path.startswith("/") and self._is_list(path)):
            return path + suffix
        self._notes.lost("links", f"{written} {NOT_IMPORTED}")
        return (path if path.startswith("/") else self._joined(path) or path) + suffix


def invalid_addresses(html: str) -> Iterator[str]:
    """Addresses in a rendered text that contain template tags or HTML and so lead nowhere."""
    for match in _INVALID_ADDRESS.finditer(html):
        yield " ".join(unescape(match[1]).split())


def _split(address: str) -> tuple[str, str]:
    """The path, and the query and fragment with their marks."""
    match = re.search(r"[?#]", address)
    return (address[: match.start()], address[match.start() :]) if match else (address, "")
