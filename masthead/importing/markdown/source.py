"""The import source for a folder of Markdown files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from masthead.importing.errors import Unreadable
from masthead.importing.image_import import ImageImporter
from masthead.importing.items import Item, MenuEntry, SkippedItem, SourceComment
from masthead.importing.markdown import export_data
from masthead.importing.markdown.detection import DIALECTS, detect_dialect
from masthead.importing.markdown.dialect import Dialect
from masthead.importing.markdown.file_index import FileIndex
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.scan import FolderScan
from masthead.importing.markdown.translating.translation import translate
from masthead.importing.reading.plain_text import printable
from masthead.importing.scan import ScanResult
from masthead.importing.site_data import SiteRecord
from masthead.importing.source import TranslatedBody
from masthead.importing.urls.heading_ids import HeadingIdRule
from masthead.importing.urls.index import AddressIndex

#: Names of folders that say nothing about the site; the name of the parent folder is added to them.
_GENERIC_NAMES: Final = frozenset(
    {"content", "posts", "_posts", "src", "blog", "docs", "pages", "site", "website"}
)


class MarkdownFolder:
    """A folder of Markdown files in one dialect. The locator of an item is the path of its file."""

    def __init__(self, dialect: Dialect, location: str) -> None:
        self.location = location
        self._dialect = dialect
        self._files = FileIndex()

    @classmethod
    def open(cls, path: Path, options: FolderOptions, *, dialect: str | None = None) -> Self:
        """Open a folder; raises `SourceNotFound`. Without ``dialect`` the files decide."""
        folder = SourceFolder.open(path)
        kind = DIALECTS[dialect] if dialect else detect_dialect(folder)
        return cls(kind(folder, options), printable(str(path)))

    @property
    def format_name(self) -> str:
        """The name of the site generator."""
        return self._dialect.title

    @property
    def default_name(self) -> str:
        """The host of the old site, or the name of the folder."""
        folder = Path(self._dialect.folder.root)
        named = (
            folder.name
            if folder.name.lower() not in _GENERIC_NAMES
            else f"{folder.parent.name}/{folder.name}"
        )
        hosts = sorted(self.old_hosts, key=len)
        return printable(hosts[0] + self.base_path if hosts else named)

    @property
    def is_own_export(self) -> bool:
        """True for a folder that `masthead export markdown` wrote."""
        return self._dialect.is_own_export

    @property
    def old_hosts(self) -> frozenset[str]:
        """The host names of the old site."""
        return self._dialect.old_hosts

    @property
    def base_path(self) -> str:
        """The path prefix of the old site."""
        return self._dialect.base_path

    @property
    def heading_rule(self) -> HeadingIdRule | None:
        """The generator's rule for ids of headings."""
        return self._dialect.heading_rule

    @property
    def address_rule(self) -> str:
        """The generator's rule for addresses."""
        return self._dialect.address_rule

    @property
    def no_posts_advice(self) -> str:
        """The option that names the posts."""
        return (
            "Name the posts with --posts, for instance --posts 'content/blog/*', and try it with --dry-run."
        )

    @property
    def images(self) -> SourceFolder:
        """The folder."""
        return self._dialect.folder

    @property
    def problems(self) -> Sequence[tuple[str, Unreadable]]:
        """Files of settings and data that could not be read."""
        return self._dialect.problems

    def scan(self) -> ScanResult:
        """Read every file once."""
        scan = FolderScan(self._dialect)
        scan.run()
        self._files = scan.files
        return scan.result

    def item(self, locator: str) -> Item | SkippedItem:
        """Read a file; raises `Unreadable`."""
        return self._dialect.item(locator, self._dialect.folder.read(locator))

    def translate(
        self, locator: str, item: Item, addresses: AddressIndex, images: ImageImporter
    ) -> TranslatedBody:
        """Translate a file's template tags and links."""
        return translate(self._dialect, addresses, self._files, images, locator, item)

    def comments(self, locator: str) -> Iterable[SourceComment]:
        """Folders have no comments."""
        return ()

    def navigation(self) -> Iterable[MenuEntry]:
        """Menus of generators are part of their themes."""
        return ()

    def site_records(self) -> Iterator[SiteRecord]:
        """The data files of an own export; nothing for other dialects."""
        if self._dialect.is_own_export:
            yield from export_data.site_records(self._dialect)

    def tag_pages(self, name: str) -> Iterable[str]:
        """The pages of a tag by the generator's settings."""
        return self._dialect.tag_pages(name)

    def feeds(self) -> Iterable[str]:
        """The feeds that the settings name."""
        return self._dialect.feeds()

    def unsupported_settings(self) -> Iterable[str]:
        """Settings of the generator that the import does not understand."""
        return self._dialect.unsupported_settings()
