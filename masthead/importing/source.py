"""The interface between the import and the places that content comes from.

The import scans a source, plans addresses, prepares items in worker processes, stores them and reports. A source says what
there is and what each item means. A new format, such as an export of WordPress, is a new package with a class that has these
members, and a command in `cli`; nothing else changes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from masthead.content.rendering import Picture
from masthead.importing.errors import Unreadable
from masthead.importing.image_import import ImageFiles, ImageImporter, ImportedImage
from masthead.importing.items import ImportNote, Item, MenuEntry, SkippedItem, SourceComment
from masthead.importing.scan import ScanResult
from masthead.importing.site_data import SiteRecord
from masthead.importing.urls.heading_ids import HeadingIdRule
from masthead.importing.urls.index import AddressIndex


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """The options that every source has."""

    now: datetime
    #: The time zone of dates that name none; None takes it from the source.
    zone: tzinfo | None = None
    #: Schedule items with a date in the future instead of making them drafts.
    publish_future: bool = False
    #: The URL of the old site, if the source does not name it.
    old_url: str = ""
    #: The author of posts that name none.
    byline: str = ""
    #: Jobs will copy images of other sites.
    fetch_images: bool = False


@dataclass(frozen=True, slots=True)
class TranslatedBody:
    """The body of an item in Masthead's Markdown."""

    body: str
    #: The text before the "more" mark, if there is one.
    opening: str | None
    notes: tuple[ImportNote, ...]
    #: Template tags that could not be translated and stay visible, by name.
    visible_tags: Counter[str] = field(default_factory=Counter)
    #: The number of rewritten links.
    links: int = 0
    lead: Picture | None = None
    #: The address of the picture for cards.
    card_image: str | None = None
    #: The imported images that the text shows.
    pictures: tuple[ImportedImage, ...] = ()
    #: The target of a redirect, if the item does not name it itself.
    leads_to: str | None = None


class Source(Protocol):
    """One source of an import. It is pickled for the worker processes after `scan`, so it holds plain data only."""

    @property
    def format_name(self) -> str:
        """The name of the format for people, such as "Jekyll"."""

    @property
    def location(self) -> str:
        """The path or URL of the source for people."""

    @property
    def default_name(self) -> str:
        """The name under which a later import finds its items again, if the user gives none."""

    @property
    def is_own_export(self) -> bool:
        """True for an export of Masthead: bodies need no translation, and `site_records` has all that is not an item."""

    @property
    def old_hosts(self) -> Collection[str]:
        """The host names of the old site; links to them are internal links."""

    @property
    def base_path(self) -> str:
        """The path prefix of the old site, without a trailing slash."""

    @property
    def heading_rule(self) -> HeadingIdRule | None:
        """The rule by which the old site made ids of headings; None if it made none, or none that is known."""

    @property
    def address_rule(self) -> str:
        """The rule by which the old site made addresses, as words after "made by"."""

    @property
    def no_posts_advice(self) -> str:
        """A sentence that says how to make posts of items when the scan found none."""

    @property
    def images(self) -> ImageFiles:
        """The image files of the source."""

    @property
    def problems(self) -> Sequence[tuple[str, Unreadable]]:
        """Settings and data that could not be read: name and error."""

    def scan(self) -> ScanResult:
        """Read every item once, without keeping bodies."""

    def item(self, locator: str) -> Item | SkippedItem:
        """Read an item again, with its body; raises `Unreadable`."""

    def translate(
        self, locator: str, item: Item, addresses: AddressIndex, images: ImageImporter
    ) -> TranslatedBody:
        """Translate the body of an item to Masthead's Markdown, with new links."""

    def comments(self, locator: str) -> Iterable[SourceComment]:
        """The comments below an item, in any order."""

    def navigation(self) -> Iterable[MenuEntry]:
        """The main menu of the old site, in order."""

    def site_records(self) -> Iterator[SiteRecord]:
        """Authors, tags, redirects and images to restore exactly as they were."""

    def tag_pages(self, name: str) -> Iterable[str]:
        """The old paths of a tag's page, below `base_path`."""

    def feeds(self) -> Iterable[str]:
        """The old paths of the site's feeds, besides the usual ones."""

    def unsupported_settings(self) -> Iterable[str]:
        """Settings that decide about items or addresses and that the import does not understand."""
