"""The import source for texts in memory."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from masthead.content.rendering import Picture
from masthead.importing.errors import Unreadable
from masthead.importing.html import blocks, links
from masthead.importing.html.notes import note_lost_elements
from masthead.importing.html.tree import parse
from masthead.importing.image_import import ImageImporter
from masthead.importing.items import (
    Item,
    ItemFailure,
    ItemKind,
    MenuEntry,
    NoteCollector,
    PublicationStatus,
    ScannedItem,
    SkippedItem,
    SourceComment,
    TopicDescription,
)
from masthead.importing.preparation.link_rewriter import LinkRewriter
from masthead.importing.scan import ScanResult
from masthead.importing.site_data import SiteRecord
from masthead.importing.source import TranslatedBody
from masthead.importing.texts.archive import ExportArchive
from masthead.importing.texts.record import BodyPart, TextRecord
from masthead.importing.urls import permalinks
from masthead.importing.urls.index import AddressIndex

#: Ghost and others keep smaller copies of a picture in a folder beside it.
_SIZE: Final = re.compile(r"/images/size/[^/]+/")
_MORE: Final = re.compile(r"^[ \t]*<!--\s*more\s*-->[ \t]*$", re.MULTILINE)


@dataclass(slots=True)
class ReadTexts:
    """All that an export says."""

    records: list[TextRecord] = field(default_factory=list)
    skipped: list[SkippedItem] = field(default_factory=list)
    failures: list[ItemFailure] = field(default_factory=list)
    problems: list[tuple[str, Unreadable]] = field(default_factory=list)
    #: Sentences about what has no place here.
    left: list[str] = field(default_factory=list)
    topics: list[TopicDescription] = field(default_factory=list)
    menu: list[MenuEntry] = field(default_factory=list)


class TextSource:
    """The texts of one export. The locator of an item is its name."""

    is_own_export = False
    heading_rule = None
    no_posts_advice = ""

    def __init__(
        self, format_name: str, location: str, default_name: str, archive: ExportArchive, found: ReadTexts,
        *, old_url: str = "", fetches_images: bool = False,
    ) -> None:  # fmt: skip
        self.format_name = format_name
        self.address_rule = f"the addresses of {format_name}"
        self.location = location
        host = permalinks.host_of(old_url)
        self.default_name = host or default_name
        self.old_hosts = frozenset({host, f"www.{host}"}) if host else frozenset[str]()
        self.base_path = permalinks.path_of(old_url).rstrip("/") if host else ""
        self.fetches_images = fetches_images
        self._archive = archive
        self._found = found
        self._records = {record.item.source: record for record in found.records}

    @property
    def images(self) -> ExportArchive:
        """The files of the export."""
        return self._archive

    @property
    def problems(self) -> Sequence[tuple[str, Unreadable]]:
        """Files that could not be read."""
        return self._found.problems

    def scan(self) -> ScanResult:
        """Look at every text once."""
        result = ScanResult(skipped=list(self._found.skipped), failures=list(self._found.failures))
        for name, record in self._records.items():
            item = record.item
            scanned = ScannedItem(name, name, item.kind, item.slug, item.language)
            result.add(scanned, item, group=item.kind.value)
            for author in item.authors:
                result.credit(author)
            for topic in self._found.topics:
                if topic.name in item.tags:
                    result.describe_tag(topic.name, topic)
                    result.addresses.add_lists(topic.aliases)
        items = [record.item for record in self._records.values()]
        public = [item for item in items if item.status is PublicationStatus.PUBLISHED]
        result.addresses.claim(
            public, [item for item in items if item.status is not PublicationStatus.PUBLISHED]
        )
        return result

    def item(self, locator: str) -> Item | SkippedItem:
        """The item of a text."""
        return self._records[locator].item

    def translate(
        self, locator: str, item: Item, addresses: AddressIndex, images: ImageImporter
    ) -> TranslatedBody:
        """Translate the body of a text."""
        record, notes = self._records[locator], NoteCollector()
        own = item.old_paths[0] if item.old_paths else "/"
        rewriter = ExportLinkRewriter(self, addresses, images, own, notes)
        written = [text for part in record.parts if (text := _written(part, rewriter, notes))]
        body = "\n\n".join(written)
        mark = _MORE.search(body)
        opening = body[: mark.start()].strip() if mark else None
        lead = _lead(item, rewriter, notes)
        card_image = rewriter.lead_picture(item.card_picture, "") if item.card_picture else None
        return TranslatedBody(
            _MORE.sub("", body, count=1).strip() if mark else body,
            opening,
            tuple(notes.notes),
            record.visible.copy(),
            rewriter.rewritten,
            lead=lead,
            card_image=card_image,
            pictures=tuple(rewriter.pictures.values()),
        )

    def comments(self, locator: str) -> Iterable[SourceComment]:
        """The comments below a post."""
        return self._records[locator].comments

    def navigation(self) -> Iterable[MenuEntry]:
        """The main menu."""
        return self._found.menu

    def site_records(self) -> Iterator[SiteRecord]:
        """Nothing: everything is an item."""
        return iter(())

    def tag_pages(self, _name: str) -> Iterable[str]:
        """The descriptions of tags name their pages."""
        return ()

    def feeds(self) -> Iterable[str]:
        """The feeds have the usual paths."""
        return ()

    def unsupported_settings(self) -> Iterable[str]:
        """Sentences about what has no place here."""
        return self._found.left


class ExportLinkRewriter(LinkRewriter):
    """Rewrites the links of one text; pictures are found in any size."""

    file_stays = "is not imported: copy it to this address"

    def _candidate_files(self, path: str) -> Iterator[str]:
        for one in dict.fromkeys((_SIZE.sub("/images/", path), path)):
            yield from super()._candidate_files(one)

    def lead_picture(self, address: str, alt: str) -> str | None:
        """The new address of a lead picture; None if it cannot be shown."""
        new = self.address(address, is_picture=True)
        for picture in self.pictures.values():
            if picture.url == new:
                return new
        is_elsewhere = new.startswith(("http://", "https://"))
        return new if is_elsewhere and self._site.fetches_images else None


def _written(part: BodyPart, rewriter: ExportLinkRewriter, notes: NoteCollector) -> str:
    if part.is_markdown:
        return rewriter.rewrite(part.text).strip()
    tree = parse(part.text)
    note_lost_elements(tree, notes)
    links.rewrite(tree, rewriter)
    return blocks.written(tree.children)


def _lead(item: Item, rewriter: ExportLinkRewriter, notes: NoteCollector) -> Picture | None:
    lead = item.lead
    if lead is None:
        return None
    if item.kind is not ItemKind.POST:
        notes.lost("lead picture", f"{lead.url}: only posts have one")
        return None
    url = rewriter.lead_picture(lead.url, lead.alt)
    return Picture(url, lead.alt, lead.caption) if url else None
