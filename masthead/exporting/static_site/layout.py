"""The file of each public address, and the address of each file. Pure."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

FEEDS: Final = frozenset({"feed.xml", "rss.xml", "feed.json"})
#: Parameters of pages that have a file of their own.
_NUMBERED: Final = ("page", "comments")
SEARCH: Final = "/search"
_FOLDERS: Final = ("/static/", "/media/")
_TOP_FILE: Final = re.compile(r"/[^/]+\.[A-Za-z]{1,5}")
SEGMENT_BYTES: Final = 240


@dataclass(frozen=True, slots=True)
class StaticPlace:
    """A public address of the running site, with its file and its address in the copy."""

    #: Path and query, as the running site knows it.
    request: str
    file: str
    #: Percent-encoded path below the copy's root, with query and fragment.
    address: str


def place_of(path: str, query: str = "", fragment: str = "") -> StaticPlace | None:
    """The place of an address, whose path is percent-encoded; None for one that no file can have."""
    plain = unquote(path)
    ending = f"#{fragment}" if fragment else ""
    if not _can_be_a_file(plain):
        return None
    if _is_file(plain):
        kept = f"?{query}" if query else ""
        return StaticPlace(quote(plain) + kept, plain.lstrip("/"), quote(plain) + kept + ending)
    numbers = parse_qs(query)
    asked, folder = "", plain.rstrip("/")
    for name in _NUMBERED:
        value = numbers.get(name, [""])[0]
        if value.isascii() and value.isdecimal() and 1 < int(value) < 10**9:
            asked, folder = f"?{name}={int(value)}", f"{folder}/{name}/{int(value)}"
            break
    wanted = quote(plain if plain != "/blog" else "/blog/") + asked
    if plain.rstrip("/") == SEARCH and "q" in numbers:
        ending = f"?{query}{ending}"
    return StaticPlace(wanted, f"{folder}/index.html".lstrip("/"), quote(f"{folder}/") + ending)


def _is_file(plain: str) -> bool:
    last = plain.rpartition("/")[2]
    return (
        plain.startswith(_FOLDERS)
        or last in FEEDS
        or last.endswith((".html", ".htm"))
        or _TOP_FILE.fullmatch(plain) is not None
    )


def _can_be_a_file(plain: str) -> bool:
    """Check that a path stays in its folder, on every file system."""
    if not plain.startswith("/") or any(ord(one) < 32 or one in '\\:*?"<>|\x7f' for one in plain):
        return False
    segments = plain.strip("/").split("/")
    return plain.strip("/") == "" or all(
        one not in {"", ".", ".."} and len(one.encode("utf-8", "replace")) <= SEGMENT_BYTES
        for one in segments
    )


@dataclass(frozen=True, slots=True)
class SiteLayout:
    """Addresses of the running site at `source`, and of the copy at `target`; neither ends in a slash."""

    source: str
    target: str

    @property
    def base_path(self) -> str:
        """The path of the copy's root, without its last slash."""
        return urlsplit(self.target).path

    def local(self, address: str, page: str) -> tuple[str, str, str] | None:
        """Path, query and fragment of an address on the page at this path; None if it leads elsewhere."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            origin = urlsplit(self.source)
            if (parts.scheme or origin.scheme, parts.netloc) != (origin.scheme, origin.netloc):
                return None
            return parts.path or "/", parts.query, parts.fragment
        if not parts.path:
            return None if not parts.query else (page, parts.query, parts.fragment)
        if not parts.path.startswith("/"):
            return f"{page.rpartition('/')[0]}/{parts.path}", parts.query, parts.fragment
        return parts.path, parts.query, parts.fragment
