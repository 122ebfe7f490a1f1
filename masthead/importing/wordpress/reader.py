"""Reads the files of one site's export, in one pass, into the spool."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.items import ItemFailure
from masthead.importing.wordpress import elements
from masthead.importing.wordpress.elements import WxrSegment, XmlElement
from masthead.importing.wordpress.files import ExportFile
from masthead.importing.wordpress.head import SiteHead
from masthead.importing.wordpress.spool import Spool

_VERSION: Final = re.compile(r"\d+\.\d+")
#: Notes of the editor and of plug-ins that say nothing about the text.
_SKIPPED_META: Final = re.compile(
    r"_(?:edit_(?:lock|last)|oembed_|publicize_|jetpack_|wpas_|encloseme|pingme)"
)
UPLOADS: Final = re.compile(r"/(?:wp-content/uploads|wp-content/blogs\.dir/\d+/files|files)/(.+)$")

_PICTURES: Final = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tif", ".tiff", ".heic", ".heif",
)  # fmt: skip
#: The import looks at the content as well; this decides what is fetched.
_OTHERS: Final[Mapping[str, str]] = {
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".m4b": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
    ".flac": "audio/flac", ".wav": "audio/wav", ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm",
    ".ogv": "video/ogg", ".pdf": "application/pdf", ".zip": "application/zip", ".vtt": "text/vtt",
}  # fmt: skip


@dataclass(slots=True)
class ReadExport:
    """An export whose items are in the spool."""

    head: SiteHead = field(default_factory=SiteHead)
    failures: list[ItemFailure] = field(default_factory=list)
    problems: list[tuple[str, Unreadable]] = field(default_factory=list)
    #: Items that stand in the files again.
    repeated: list[str] = field(default_factory=list)


def read(files: list[ExportFile], spool: Spool) -> ReadExport:
    """Read the files; raises `SourceNotFound` if one of them is no export, or of another site."""
    found = ReadExport()
    spool.open_for_writing()
    for file in files:
        _FileReader(file, spool, found).read()
    spool.publish()
    return found


class _FileReader:
    def __init__(self, file: ExportFile, spool: Spool, found: ReadExport) -> None:
        self._file = file
        self._spool = spool
        self._found = found
        self._prefixes: dict[str, str] = {}
        self._head = SiteHead()
        self._is_checked = False

    def read(self) -> None:
        for segment in elements.segments(self._file):
            if segment.is_item:
                self._check()
                self._item(segment)
            else:
                self._beside(segment)
        self._check()
        if self._file.dropped:
            problem = f"{self._file.dropped} control characters were left out, which no text can hold."
            self._found.problems.append((self._file.name, Unreadable(problem)))

    def _beside(self, segment: WxrSegment) -> None:
        if not self._is_checked:
            self._prefixes |= elements.prefixes_of(segment.text)
            self._is_export = "wp:" in segment.text or "wordpress.org/export" in segment.text
        if segment.problem:
            self._found.problems.append((self._file.name, Unreadable(segment.problem, line=segment.line)))
        if segment.text.strip():
            parsed = elements.parse(segment.text, self._prefixes)
            self._head.add(parsed)
            self._found.head.add(parsed)

    def _check(self) -> None:
        """Refuse what is no export, or one of another site than the files before."""
        if self._is_checked:
            return
        self._is_checked = True
        head, first = self._head, self._found.head
        if not self._is_export or (head.version and not _VERSION.fullmatch(head.version)):
            raise SourceNotFound(
                f"{self._file.name} is not an export of WordPress (WXR). Make one in WordPress under Tools, Export."
            )
        if head.url and first.url and _site(head.url) != _site(first.url):
            raise SourceNotFound(
                f"{self._file.name} is of {head.url}, and the files before are of {first.url}. Import each site alone."
            )

    def _item(self, segment: WxrSegment) -> None:
        name = f"{self._file.name}, line {segment.line}"
        if segment.problem:
            self._found.failures.append(ItemFailure(name, segment.problem, segment.line))
            return
        root = elements.parse(segment.text, self._prefixes)
        item = next(root.all("item"), root)
        data = item_data(item, segment.line)
        key = self._key(data)
        if key is None:
            self._found.repeated.append(name)
            return
        self._spool.add(key, data, map(_comment, item.all("wp:comment")), name)
        address = data["attachment_url"]
        if data["type"] == "attachment" and address:
            self._spool.add_upload(upload_path(address), data["id"], address)

    def _key(self, data: dict[str, Any]) -> str | None:
        """The name of an item: its type and number. Another item with the same number gets a longer one."""
        number = data["id"] or data["guid"] or data["link"] or data["slug"] or data["title"]
        key = f"{data['type']}/{number}"
        for attempt in range(2, 1_000):
            before = self._spool.item(key)
            if before is None:
                return key
            if all(before[name] == data[name] for name in ("slug", "title", "guid", "terms")):
                return None
            key = f"{data['type']}/{number}#{attempt}"
        return None


def item_data(item: XmlElement, line: int) -> dict[str, Any]:
    """The parts of an item that the import uses."""
    values = {
        "type": item.value("wp:post_type") or "post",
        "id": item.value("wp:post_id"),
        "parent": item.value("wp:post_parent").strip("0 ") and item.value("wp:post_parent"),
        "slug": item.value("wp:post_name"),
        "title": item.value("title"),
        "link": item.value("link"),
        "guid": item.value("guid"),
        "creator": item.value("dc:creator"),
        "content": item.raw("content:encoded"),
        "excerpt": item.value("excerpt:encoded"),
        "date": item.value("wp:post_date"),
        "date_gmt": item.value("wp:post_date_gmt"),
        "modified": item.value("wp:post_modified"),
        "modified_gmt": item.value("wp:post_modified_gmt"),
        "pub_date": item.value("pubDate"),
        "status": item.value("wp:status") or "publish",
        "has_password": bool(item.value("wp:post_password")),
        "sticky": item.value("wp:is_sticky") == "1",
        "comments": item.value("wp:comment_status"),
        "attachment_url": item.value("wp:attachment_url"),
        "order": item.value("wp:menu_order"),
        "line": line,
    }
    return values | {"terms": list(_item_terms(item)), "meta": list(_meta(item))}


def _item_terms(item: XmlElement) -> Iterator[list[str]]:
    for term in item.all("category"):
        yield [
            term.attributes.get("domain", "category"),
            term.attributes.get("nicename", ""),
            term.text.strip(),
        ]


def _meta(item: XmlElement) -> Iterator[list[str]]:
    for meta in item.all("wp:postmeta"):
        key = meta.value("wp:meta_key")
        if key and not _SKIPPED_META.match(key):
            yield [key, meta.value("wp:meta_value")]


def _comment(comment: XmlElement) -> dict[str, Any]:
    names = (
        "id", "author", "author_email", "author_url", "date", "date_gmt", "content", "approved", "type", "parent", "user_id",
    )  # fmt: skip
    return {name: comment.value(f"wp:comment_{name}") for name in names}


def upload_path(address: str) -> str:
    """The path of an uploaded file below the folder of uploads, in which all its sizes lie."""
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError:
        return address
    match = UPLOADS.search(path)
    return match[1] if match else path.lstrip("/")


def _site(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"


def is_picture(address: str) -> bool:
    """Check if an address is that of a picture, by its ending."""
    return _path(address).endswith(_PICTURES)


def is_accepted(address: str, accepted: Collection[str]) -> bool:
    """Check if an address is that of a recording, a document or captions that the library accepts."""
    return _type(address) in accepted


def reason_to_leave(address: str, accepted: Collection[str]) -> str:
    """The reason for which a file stays on the old site; '' if it is imported."""
    if is_picture(address) or is_accepted(address, accepted):
        return ""
    known = _type(address)
    if known:
        return f"Files of the type {known} are not accepted here (MEDIA_TYPES); the file stays at {address[:300]}."
    return f"The media library holds no files of this type; the file stays at {address[:300]}."


def _type(address: str) -> str:
    path = _path(address)
    return next((name for ending, name in _OTHERS.items() if path.endswith(ending)), "")


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.lower()
    except ValueError:
        return ""
