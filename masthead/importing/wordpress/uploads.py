"""Rewrites links in texts of WordPress: pictures in any of their sizes, permalinks of every structure."""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from masthead.importing.errors import Unreadable
from masthead.importing.image_import import IMAGE_EXTENSIONS, ImageImporter
from masthead.importing.items import LeadPicture, NoteCollector
from masthead.importing.preparation.link_rewriter import LinkRewriter
from masthead.importing.remote_files import RemoteFiles
from masthead.importing.urls.index import AddressIndex
from masthead.importing.wordpress import reader
from masthead.importing.wordpress.reader import UPLOADS, upload_path
from masthead.importing.wordpress.spool import Spool

#: `photo-300x200.jpg` is a size of `photo.jpg`, `photo-scaled.jpg` the reduced original, `photo-rotated.jpg` a turned one.
_SIZE: Final = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled|rotated|e\d{10,14})(?=\.[A-Za-z]{3,5}$)")
#: The hosts that serve smaller copies of a site's pictures: the address holds the original's.
_PROXY: Final = re.compile(r"^(?:https?:)?//i\d\.wp\.com/(?P<rest>[^?]+)")


@dataclass(frozen=True, slots=True)
class OldWordPress:
    """The old site, as links depend on it."""

    url: str
    old_hosts: frozenset[str]
    base_path: str
    files: RemoteFiles
    fetches_images: bool
    dry_run: bool
    #: The media types that the library accepts.
    accepted: frozenset[str] = frozenset()


class UploadRewriter(LinkRewriter):
    """Rewrites the links of one text."""

    def __init__(
        self,
        site: OldWordPress,
        spool: Spool,
        addresses: AddressIndex,
        images: ImageImporter,
        own: str,
        notes: NoteCollector,
    ) -> None:
        super().__init__(site, addresses, images, own, notes)
        self._old = site
        self._spool = spool

    def address(self, written: str, *, is_picture: bool = False) -> str:
        """The new form of an address."""
        address = written.strip()
        if not address or address.startswith("#"):
            return written
        upload = self._upload(address)
        if upload is not None:
            return self._uploaded(address, upload, is_picture=is_picture)
        plain = self._plain_permalink(address)
        return plain or super().address(written, is_picture=is_picture)

    def attachment(self, data: dict[str, Any]) -> str:
        """Import the file of an attachment and return its address; raises `Unreadable`."""
        address = data["attachment_url"]
        if (
            self._old.dry_run
            and not self._old.files.is_local(address)
            and not self._images.is_copied(address)
        ):
            return str(address)
        alt = dict(data["meta"]).get("_wp_attachment_image_alt", "")
        url = self._imported(address, what="pictures", alt=alt, seen=self._old_path(address))
        if url is None:
            raise Unreadable(self._notes.notes[-1].detail)
        return url

    def lead_picture(self, lead: LeadPicture) -> str | None:
        """Import the lead picture; without its file, the address on the old site."""
        new = self._uploaded(lead.url, lead.url, is_picture=True, alt=lead.alt)
        return new if new.startswith("/media/") or self._old.fetches_images else None

    def card_picture(self, address: str) -> str | None:
        """Import the picture for cards; None if cards cannot show it."""
        new = self.address(address, is_picture=True)
        return new if new.startswith(("/media/", "https://", "http://")) else None

    def _upload(self, address: str) -> str | None:
        """The URL of the original of an uploaded file; None if the address is of something else."""
        proxied = _PROXY.match(address)
        absolute = f"https://{proxied['rest']}" if proxied else self._absolute(address)
        try:
            parts = urlsplit(absolute)
        except ValueError:
            return None
        path = unquote(parts.path)
        is_ours = (parts.hostname or "") in self._old.old_hosts
        if not UPLOADS.search(path) and not path.lower().endswith(IMAGE_EXTENSIONS):
            return None
        below = upload_path(absolute)
        for candidate in dict.fromkeys((below, _SIZE.sub("", below), _SIZE.sub("-scaled", below))):
            found = self._spool.upload(candidate)
            if found is not None and (is_ours or _same_file(found[1], absolute)):
                return found[1]
        return _SIZE.sub("", absolute.partition("?")[0]) if is_ours and UPLOADS.search(path) else None

    def _absolute(self, address: str) -> str:
        if address.startswith("//"):
            return f"https:{address}"
        try:
            return (
                address
                if "://" in address
                else urljoin(urljoin(self._old.url.rstrip("/") + "/", self._own), address)
            )
        except ValueError:
            return address

    def _uploaded(self, written: str, original: str, *, is_picture: bool, alt: str = "") -> str:
        absolute = self._absolute(written)
        is_image = is_picture or reader.is_picture(original)
        if not is_image and not reader.is_accepted(original, self._old.accepted):
            self._notes.lost("files", f"{absolute} stays on the old site: copy it before you close it")
            return absolute
        what = "pictures" if is_image else "files"
        files, copied = self._old.files, self._images.is_copied(original)
        if not copied and not files.has_file(original):
            self._notes.lost(what, f"{absolute} stays on the old site")
            return absolute
        if not copied and self._old.dry_run and not files.is_local(original):
            self._notes.changed(what, f"{original} will be copied here")
            return absolute
        url = self._imported(original, what=what, alt=alt, seen=self._old_path(absolute))
        if url is None:
            return absolute
        self.rewritten += 1
        return url

    def _old_path(self, address: str) -> str:
        """The path from which other sites may show a picture, if the old site's host had it."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        return parts.path if (parts.hostname or "") in self._old.old_hosts else ""

    def _plain_permalink(self, address: str) -> str | None:
        """The new address of a link such as `/?p=12`; None if it has another form."""
        if "?" not in address:
            return None
        local = self._local(address)
        if local is None:
            return None
        query = parse_qs(urlsplit(local).query)
        for name in ("p", "page_id", "attachment_id"):
            for number in query.get(name, [])[:1]:
                found = self._addresses.url_of_path(f"/?{name}={number}") or self._addresses.url_of_path(
                    f"/?p={number}"
                )
                if found:
                    self.rewritten += 1
                    fragment = urlsplit(local).fragment
                    return f"{found}#{fragment}" if fragment else found
        return None

    def _unresolved(self, written: str, path: str, suffix: str) -> str:
        # An attachment's page redirects to its picture, although it has no address of its own here.
        if self._addresses.owner(path) is not None:
            return path + suffix
        return super()._unresolved(written, path, suffix)


def _same_file(one: str, other: str) -> bool:
    return _host(one) == _host(other)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
