"""The import source for the files of a WordPress export."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from masthead.importing.errors import Unreadable
from masthead.importing.html.tree import parse
from masthead.importing.image_import import ImageImporter
from masthead.importing.items import (
    Item,
    ItemKind,
    MenuEntry,
    PublicationStatus,
    ScannedItem,
    SkippedItem,
    SourceComment,
    TopicDescription,
)
from masthead.importing.reading import dates
from masthead.importing.reading.plain_text import printable
from masthead.importing.remote_files import RemoteFiles
from masthead.importing.scan import ScanResult
from masthead.importing.site_data import SiteRecord
from masthead.importing.source import TranslatedBody
from masthead.importing.urls import permalinks
from masthead.importing.urls.index import AddressIndex
from masthead.importing.wordpress import comments, menus, reader, translation
from masthead.importing.wordpress.files import export_files
from masthead.importing.wordpress.item_builder import ItemBuilder, tag_name
from masthead.importing.wordpress.options import WordPressOptions
from masthead.importing.wordpress.reader import ReadExport
from masthead.importing.wordpress.spool import Spool
from masthead.importing.wordpress.uploads import OldWordPress
from masthead.tags.models import DESCRIPTION_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.names import name_key

_NOT_FETCHED: Final = "Pictures are not fetched (--no-fetch)."
_OFFSET_SAMPLES: Final = 50


class WordPressExport:
    """An export of one site. The locator of an item is its key in the spool."""

    format_name = "WordPress"
    is_own_export = False
    heading_rule = None
    address_rule = "the permalinks of WordPress"
    no_posts_advice = "Export “All content” in WordPress under Tools, Export."

    def __init__(self, location: str, found: ReadExport, spool: Spool, options: WordPressOptions) -> None:
        self.location = location
        self._head = found.head
        self._failures = found.failures
        self._repeated = found.repeated
        self.problems: Sequence[tuple[str, Unreadable]] = found.problems
        self._spool = spool
        self._options = options
        self._url = options.old_url or found.head.url
        self._zone = options.zone or _zone(spool)
        self._files = RemoteFiles(spool.folder, options.media, fetches=options.fetch_images)
        host = permalinks.host_of(self._url)
        self.old_hosts = frozenset({host, f"www.{host}"}) if host else frozenset()
        self.base_path = _path(self._url)
        reason = "" if options.fetch_images or options.media else _NOT_FETCHED
        self._builder = ItemBuilder(
            found.head,
            spool,
            now=options.now,
            zone=self._zone,
            byline=options.byline,
            pictures=reason,
            accepted=options.accepted,
        )
        self._site = OldWordPress(
            self._url,
            self.old_hosts,
            self.base_path,
            self._files,
            options.fetch_images,
            options.dry_run,
            options.accepted,
        )

    @classmethod
    def open(cls, paths: list[Path], options: WordPressOptions, spool: Spool) -> Self:
        """Read the files of an export into the spool; raises `SourceNotFound`."""
        found = reader.read(export_files(paths), spool)
        return cls(", ".join(printable(str(path)) for path in paths), found, spool, options)

    @property
    def default_name(self) -> str:
        """The address of the old site."""
        host = permalinks.host_of(self._url)
        return printable(f"{host}{self.base_path}" if host else f"WordPress {self._head.title}".strip())

    @property
    def images(self) -> RemoteFiles:
        """The files of the old site."""
        return self._files

    def scan(self) -> ScanResult:
        """Look at every item once."""
        result = ScanResult(failures=list(self._failures))
        result.skipped += [SkippedItem(place, "The files have it twice.") for place in self._repeated]
        for key, _, data in self._spool.everything():
            item = self._builder.item(key, data)
            if isinstance(item, SkippedItem):
                result.skipped.append(item)
                continue
            result.add(
                ScannedItem(key, key, item.kind, item.slug, item.language),
                item.without_body(),
                group=data["type"],
            )
            is_public = item.status is PublicationStatus.PUBLISHED and item.kind is not ItemKind.REDIRECT
            result.addresses.claim_for(item, is_public=is_public)
            for author in item.authors:
                result.credit(author)
            self._describe(data, item, result)
        return result

    def _describe(self, data: dict[str, Any], item: Item, result: ScanResult) -> None:
        """Collect the descriptions and old pages of the item's categories and tags."""
        if item.kind is not ItemKind.POST:
            return
        for domain, slug, name in data["terms"]:
            term = self._head.term(domain, slug)
            label = tag_name(parse(name or (term.name if term else slug)).text())
            if label not in item.tags or name_key(label) in result.topics:
                continue
            folder = {"category": "category", "post_tag": "tag"}.get(domain, domain)
            path = self._head.path_of(term) if term and domain == "category" else slug
            aliases = (
                tuple(dict.fromkeys(f"{at}/{folder}/{path}" for at in (self.base_path, ""))) if path else ()
            )
            words = " ".join(parse(term.description).text().split()) if term else ""
            result.describe_tag(
                label, TopicDescription(label, excerpt(words, DESCRIPTION_CHARACTERS), aliases)
            )
            result.addresses.add_lists(aliases)

    def item(self, locator: str) -> Item | SkippedItem:
        """Read an item; raises `Unreadable`."""
        return self._builder.item(locator, self._data(locator))

    def _data(self, locator: str) -> dict[str, Any]:
        data = self._spool.item(locator)
        if data is None:
            raise Unreadable("It is no longer in the temporary file. Run the import again.")
        return data

    def translate(
        self, locator: str, item: Item, addresses: AddressIndex, images: ImageImporter
    ) -> TranslatedBody:
        """Translate the body of an item."""
        return translation.translate(self._site, self._spool, addresses, images, self._data(locator), item)

    def comments(self, locator: str) -> Iterable[SourceComment]:
        """The comments below a post."""
        if not locator.startswith("post/"):
            return ()
        return comments.comments(self._spool.comments(locator), self._head, self._zone, self._options.now)

    def navigation(self) -> Iterable[MenuEntry]:
        """The main menu."""
        return menus.main_menu(self._head, self._spool)[0]

    def site_records(self) -> Iterator[SiteRecord]:
        """Nothing: everything is an item."""
        return iter(())

    def tag_pages(self, name: str) -> Iterable[str]:
        """The descriptions of tags name their pages."""
        return ()

    def feeds(self) -> Iterable[str]:
        """The feeds of WordPress have the usual paths."""
        return ()

    def unsupported_settings(self) -> Iterable[str]:
        """Menus that are not the navigation here."""
        return menus.main_menu(self._head, self._spool)[1]


def _zone(spool: Spool) -> tzinfo:
    """The time zone of the site, from the first items that say local and universal time."""
    for number, (_, _, data) in enumerate(spool.everything()):
        local, universal = data["date"], data["date_gmt"]
        if re.match(r"[1-9]\d{3}-", local) and re.match(r"[1-9]\d{3}-", universal):
            try:
                distance = dates.parse_date(local, UTC) - dates.parse_date(universal, UTC)
            except ValueError:
                continue
            if abs(distance) <= timedelta(hours=14):
                return timezone(distance)
        if number > _OFFSET_SAMPLES:
            break
    return UTC


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
