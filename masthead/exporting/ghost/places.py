"""The places of texts and files in Ghost, and the addresses that lead there."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from masthead.exporting.addresses import SiteAddresses
from masthead.media.links import PREFIX
from masthead.media.models import FileKind
from masthead.text.absolute import absolute_links

#: What Ghost replaces by its own address.
PLACEHOLDER: Final = "__GHOST_URL__"
_FOLDERS: Final = {FileKind.IMAGE: "images", FileKind.AUDIO: "media", FileKind.VIDEO: "media"}
_ENDINGS: Final = {
    "images": frozenset(
        ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "ico", "bmp", "tif", "tiff", "heic"]
    ),
    "media": frozenset(
        ["mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "aac", "mp4", "m4v", "webm", "ogv", "mov"]
    ),
}
#: The address of a stored file as a text writes it.
_WRITTEN: Final = re.compile(r"(?<![\w/.:-])/media/([a-z0-9][\w./-]*)")


def file_path(path: str, kind: str = "") -> str:
    """The path of a stored file below `content`; the kind follows from the ending where it is not given."""
    folder = _FOLDERS.get(FileKind(kind)) if kind else None
    if folder is None:
        ending = path.rpartition(".")[2].lower()
        folder = next((name for name, endings in _ENDINGS.items() if ending in endings), "files")
    return f"content/{folder}/{path}"


@dataclass(frozen=True, slots=True)
class Places:
    """Rewrites addresses. Without files in the export, pictures stay on this site."""

    addresses: SiteAddresses
    has_files: bool

    def in_address(self, address: str) -> str:
        """An address of this site below Ghost's; others stay."""
        whole = self.addresses.absolute(address)
        if not self._is_ours(whole):
            return whole
        path = unquote(urlsplit(whole).path)
        if path.startswith(PREFIX):
            return f"{PLACEHOLDER}/{file_path(path.removeprefix(PREFIX))}" if self.has_files else whole
        rest = whole.removeprefix(self.addresses.site)
        return PLACEHOLDER + self._page(rest)

    def in_html(self, clean_html: str, address: str) -> str:
        """The HTML of the text at this address; links inside of it stay so."""
        html = absolute_links(clean_html, address)
        own = re.escape(self.addresses.site)
        ours = rf'(\s(?:href|src|cite|poster)=")({own}(?:[/?#][^"]*)?)"'
        return re.sub(ours, _Replacement(self, address), html)

    def in_markdown(self, body: str) -> str:
        """A text with the files' new addresses."""
        if not self.has_files:
            return _WRITTEN.sub(lambda match: self.addresses.site + match[0], body)
        return _WRITTEN.sub(lambda match: f"{PLACEHOLDER}/{file_path(match[1])}", body)

    def _is_ours(self, address: str) -> bool:
        rest = address.removeprefix(self.addresses.site)
        return rest != address and (not rest or rest[0] in "/?#")

    @staticmethod
    def _page(rest: str) -> str:
        """The place of a page: Ghost has its pages at the top; posts, tags and authors stay by the routes."""
        path, mark, ending = rest.partition("#")
        if path.startswith("/page/"):
            path = f"/{path.removeprefix('/page/').strip('/')}/"
        return (path or "/") + mark + ending


@dataclass(frozen=True, slots=True)
class _Replacement:
    """Replaces one address in a tag."""

    places: Places
    own: str

    def __call__(self, match: re.Match[str]) -> str:
        address = match[2]
        if address.startswith(f"{self.own}#"):
            return f'{match[1]}{address.removeprefix(self.own)}"'
        # The address is escaped HTML; nothing of it is changed but its beginning.
        return f'{match[1]}{self.places.in_address(address)}"'
