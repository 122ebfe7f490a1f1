"""Links and pictures in a text: those to other texts of the folder get the new addresses, dead ones are named."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from masthead.importing.errors import Unreadable
from masthead.importing.items import Notebook
from masthead.importing.markdown.dialects.base import Dialect
from masthead.importing.markdown.folder import shown
from masthead.importing.preparation.image_import import ENDINGS, Gallery, Kept
from masthead.importing.reading.code_spans import code_in
from masthead.importing.urls.index import Addresses
from masthead.text.slugs import slugify

#: `](…`, `[…]: …` and `href="…"`, each with what opens it and the address.
_ADDRESS: Final = re.compile(
    r"(?P<inline>\]\(\s{0,20})(?P<a><[^<>\n]{0,2000}>|(?:[^\s()<>\\]|\\.|\([^\s()]{0,500}\))+)"
    r"|(?P<definition>^ {0,3}\[(?!\^)[^\]\n]{1,500}\]:[ \t]{0,20})(?P<b><[^<>\n]{0,2000}>|\S+)"
    r"|(?P<attribute>\s(?:href|src)\s{0,5}=\s{0,5}(?P<quote>[\"']))(?P<c>[^\"'<>\n]{0,2000})(?=(?P=quote))",
    re.MULTILINE | re.IGNORECASE,
)
_IMAGE_TAG: Final = re.compile(r"<(?:img|source|video|audio)\b[^<>]{0,2000}\Z", re.IGNORECASE)
_ENDS_LIKE_A_FILE: Final = re.compile(r"\.(?!html?$|php$|md$|markdown$)[A-Za-z0-9]{1,5}$")
_PELICAN: Final = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|]/?(.*)", re.DOTALL)
#: Rendered addresses that hold `{{`, `{%` or `<`, as they are or in their code.
_NO_ADDRESS: Final = re.compile(
    r"<[a-z]+\b[^<>]{0,2000}?\s(?:href|src)=\"([^\"]{0,500}?(?:\{\{|\{%|%7B%7B|%7B%25|<|&lt;|%3C)[^\"]{0,500})\""
)
#: Where generators keep files that are served as they are.
_ROOTS: Final = ("", "static/", "content/", "public/", "assets/", "src/")
#: Addresses that every Masthead answers.
OURS: Final = frozenset({"/", "/blog", "/search", "/feed.xml", "/rss.xml", "/feed.json", "/sitemap.xml"})


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a text's relative links are seen."""

    #: The file, relative to the folder.
    path: str
    #: Its own address on the old site, '' if nobody knows.
    own: str


class Rewriter:
    """Rewrites the addresses in one text."""

    def __init__(
        self, dialect: Dialect, addresses: Addresses, gallery: Gallery, origin: Origin, notes: Notebook
    ) -> None:
        self._dialect = dialect
        self._addresses = addresses
        self._gallery = gallery
        self._origin = origin
        self._notes = notes
        self.rewritten = 0
        #: Pictures of the folder that the text shows, by their files.
        self.pictures: dict[str, Kept] = {}

    def rewrite(self, text: str) -> str:
        """The text with every address that can be resolved."""
        code = code_in(text)
        return _ADDRESS.sub(
            lambda match: match[0] if code.cover(match.start()) else self._replaced(match), text
        )

    def address(self, written: str, *, is_picture: bool = False) -> str:
        """The new form of an address; unchanged if it leads elsewhere or nowhere."""
        address = written.strip()
        if not address or address.startswith("#"):
            return written
        local = self._local(address)
        if local is None:
            if is_picture and address.startswith(("http://", "https://", "//")):
                self._picture_elsewhere(address[:200])
            return written
        path, ending = _split(local)
        found = self._found(path)
        if found is not None:
            self.rewritten += 1
            if self._addresses.is_unpublished(found):
                self._notes.changed("links", f"{written} leads to a text that readers cannot see yet")
            return found + ending
        if is_picture or _ENDS_LIKE_A_FILE.search(path):
            return self._file(path, ending, is_picture=is_picture)
        return self._unresolved(written, path, ending)

    def _picture_elsewhere(self, address: str) -> None:
        if self._dialect.options.fetch_images:
            self._notes.changed("pictures of other sites", f"{address} is copied here")
        else:
            self._notes.lost("pictures of other sites", f"{address} stays where it is")

    def lead(self, written: str, seen: str, *, alt: str) -> str | None:
        """The address here of a lead picture, which stands beside the text or where the old site had it."""
        local = self._local(seen)
        if local is None:
            self._notes.lost("lead picture", f"{seen} lies on another site, whose pictures are not shown")
            return None
        paths = [_split(path)[0] for path in (self._local(written), local) if path]
        file = next((file for path in paths for file in self._candidates(path)), None)
        if file is None:
            self._notes.lost("lead picture", f"{written or seen} is not in the folder")
            return None
        return self._kept(file, what="lead picture", alt=alt)

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
        # Back to the bracket that belongs to this one; an exclamation mark before it makes a picture.
        depth, position = 0, match.start()
        floor = max(position - 2_000, 0)
        while position >= floor:
            character = match.string[position]
            depth += {"]": 1, "[": -1}.get(character, 0)
            if depth == 0:
                return position > 0 and match.string[position - 1] == "!"
            position -= 1
        return False

    # Where an address leads ---------------------------------------------------------------------

    def _local(self, address: str) -> str | None:
        """The address as a path of the old site; None if it leads elsewhere."""
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address) or address.startswith("//"):
            try:
                parts = urlsplit(address)
                host = parts.hostname
            except ValueError:
                return None
            if parts.scheme not in {"http", "https", ""} or host not in self._dialect.old_hosts:
                return None
            return (
                (parts.path or "/")
                + (f"?{parts.query}" if parts.query else "")
                + (f"#{parts.fragment}" if parts.fragment else "")
            )
        return address

    def _found(self, path: str) -> str | None:
        if path.startswith("@/"):
            return self._addresses.of_file("/" + path[2:], roots=("content", ""))
        special = _PELICAN.match(path)
        if special:
            beside = "" if path[len(special[1]) + 2 :].startswith("/") else self._origin.path
            return self._addresses.of_file(special[2], beside=beside, roots=("content", ""))
        if path.startswith("/"):
            if self._addresses.is_new(path):
                return path
            return self._addresses.of_path(path) or self._without_base(path) or self._by_file(path)
        by_file = self._addresses.of_file(path, beside=self._origin.path, roots=())
        if by_file is not None:
            return by_file
        joined = self._joined(path)
        return self._addresses.of_path(joined) if joined else None

    def _by_file(self, path: str) -> str | None:
        if not path.endswith((".md", ".markdown")):
            return None
        return self._addresses.of_file(path, roots=("", "content"))

    def _without_base(self, path: str) -> str | None:
        base = self._dialect.base_path
        return self._addresses.of_path(path[len(base) :]) if base and path.startswith(f"{base}/") else None

    def _joined(self, path: str) -> str:
        if not self._origin.own:
            return ""
        try:
            return urljoin(self._origin.own, path)
        except ValueError:
            return ""

    def _file(self, path: str, ending: str, *, is_picture: bool) -> str:
        """A picture or another file: its address as it was on the old site."""
        special = _PELICAN.match(path)
        if special:
            path = "/" + special[2].lstrip("/")
        file = next(iter(self._candidates(path)), None)
        if file is not None and (is_picture or file.lower().endswith(ENDINGS)):
            url = self._kept(file, what="pictures", seen=path)
            if url is not None:
                self.rewritten += 1
                return url
        else:
            reason = "stays in the folder: copy it to this address" if file else "is not in the folder"
            self._notes.lost("pictures" if is_picture else "files", f"{path} {reason}")
        if path.startswith("/"):
            return path + ending
        return (self._joined(path) or path) + ending

    def _candidates(self, path: str) -> Iterator[str]:
        """The files of the folder that an address may mean, the nearest first."""
        beside = self._origin.path.rpartition("/")[0]
        tried = [] if path.startswith("/") else [posixpath.join(beside, unquote(path))]
        base = self._dialect.base_path
        seen = [path]
        if base and path.startswith(f"{base}/"):
            seen.append(path[len(base) :])
        if not path.startswith("/") and (joined := self._joined(path)):
            seen.append(joined)
        tried += [prefix + unquote(one).lstrip("/") for one in seen for prefix in _ROOTS]
        for candidate in dict.fromkeys(posixpath.normpath(one) for one in tried):
            if self._gallery.holds(candidate):
                yield candidate

    def _kept(self, file: str, *, what: str, alt: str = "", seen: str = "") -> str | None:
        """The address of a picture that is in the store now; None, with a note, if it cannot be."""
        try:
            kept = self._gallery.keep(file)
        except Unreadable as error:
            self._notes.lost(what, f"{shown(file)} was refused: {error.message}")
            return None
        old_path = seen if seen.startswith("/") else self._joined(seen) if seen else ""
        self.pictures.setdefault(file, replace(kept, alt=alt, old_path=old_path))
        return kept.url

    def _unresolved(self, written: str, path: str, ending: str) -> str:
        if path == "/" or path.rstrip("/") in OURS or (path.startswith("/") and self._is_list(path)):
            return path + ending
        special = _PELICAN.match(path)
        if special and special[1] in {"author", "category", "tag", "index"}:
            return self._list(special, written)
        self._notes.lost("links", f"{written} leads to nothing that was imported")
        if path.startswith(("@", "{", "|")):
            return written
        return (path if path.startswith("/") else self._joined(path) or path) + ending

    def _is_list(self, path: str) -> bool:
        base = self._dialect.base_path
        below = path[len(base) :] if base and path.startswith(f"{base}/") else path
        return self._addresses.is_list(path) or self._addresses.is_list(below)

    def _list(self, special: re.Match[str], written: str) -> str:
        """Pelican's `{tag}name` and its like."""
        page = "/" if special[1] == "index" else f"/{special[1]}/{slugify(special[2])}"
        if page != "/" and not self._addresses.is_list(page):
            self._notes.lost("links", f"{written} leads to nothing that was imported")
        return page


def left_in(html: str) -> Iterator[str]:
    """Addresses in a rendered text that cannot be any: with template tags or pieces of elements in them."""
    for match in _NO_ADDRESS.finditer(html):
        yield " ".join(unescape(match[1]).split())


def _split(address: str) -> tuple[str, str]:
    """The path, and the query and fragment with their marks."""
    match = re.search(r"[?#]", address)
    return (address[: match.start()], address[match.start() :]) if match else (address, "")
