"""The interface of a dialect: how one site generator lays out texts, settings and addresses in a folder."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.items import Item, ItemKind, SkippedItem
from masthead.importing.markdown import authors
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.old_site import OldSite
from masthead.importing.reading.fields import FrontMatterFields, Value, as_list, as_text
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.urls import heading_ids

#: Markup languages that Masthead does not read; the report names such files.
UNSUPPORTED_MARKUP: Final = {
    ".rst": "reStructuredText",
    ".textile": "Textile",
    ".adoc": "AsciiDoc",
    ".asciidoc": "AsciiDoc",
    ".org": "Org",
    ".ipynb": "a notebook",
    ".mdx": "MDX",
}
DATED_NAME: Final = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[-_ T](.+)", re.DOTALL)
_ABOUT_THE_FOLDER: Final = frozenset(
    [
        "readme",
        "license",
        "licence",
        "changelog",
        "contributing",
        "code_of_conduct",
        "security",
        "support",
        "authors",
        "copying",
        "notice",
    ]
)


@dataclass(frozen=True, slots=True)
class PathInfo:
    """The facts about a text that its path says."""

    kind: ItemKind
    #: The file's name without date, language and extension, as it is in addresses.
    stem: str
    #: The date in the file's name; '' if there is none.
    date: str = ""
    is_draft: bool = False
    #: The folders that are part of the address.
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    #: The name that all translations of the text share.
    translation_key: str = ""
    collection: str = ""
    is_index: bool = False
    #: The date in the file's name takes precedence over the front matter.
    file_name_date_wins: bool = False


class Dialect(OldSite, ABC):
    """One way to lay out texts in a folder. Pickled for worker processes, so it holds plain data only."""

    title: ClassVar[str]
    #: `tags: two words` means two tags.
    tags_split_at_spaces: ClassVar[bool] = False
    #: Addresses have the date in the time zone of the text, not of the site.
    dates_keep_zone: ClassVar[bool] = False
    #: `11/02/2024` is in November.
    month_comes_first: ClassVar[bool] = False
    #: `author: Ada, Grace` means two authors.
    author_is_list: ClassVar[bool] = False
    skipped_folders: ClassVar[frozenset[str]] = frozenset({"node_modules", "vendor", "__pycache__"})

    @classmethod
    def matches_folder(cls, folder: SourceFolder) -> bool:
        """Check if the folder has this generator's settings."""
        return any(folder.has_file(name) for name in cls.settings_files)

    @abstractmethod
    def item(self, path: str, content: bytes) -> Item | SkippedItem:
        """Read an item from the content of a file; raises `Unreadable`."""

    def descends_into(self, path: str) -> bool:
        """Check if a folder may hold texts."""
        name = path.rpartition("/")[2]
        return not name.startswith(".") and name not in self.skipped_folders

    def reads_html(self, path: str) -> bool:
        """Check if an HTML file is a text and not a part of the theme."""
        return False

    def tags(self, fields: FrontMatterFields) -> Iterator[str]:
        """The names of a text's tags and categories, the most important first."""
        for name in ("tags", "tag", "taxonomies", "categories", "category", "topics", "topic", "series"):
            yield from self._names(fields.value(name))

    @property
    def fetches_images(self) -> bool:
        """True if jobs will copy images of other sites."""
        return self.options.fetch_images

    @cached_property
    def default_language(self) -> str | None:
        """The language of texts that name none; None for the language of the publication."""
        return None

    @property
    def address_rule(self) -> str:
        """The rule of old addresses, in words that follow "made by"."""
        return "what the texts say themselves"

    def feeds(self) -> Iterator[str]:
        """The paths of feeds in the settings, besides the usual ones."""
        for name in ("feed.path", "FEED_ALL_ATOM", "FEED_ATOM", "FEED_ALL_RSS", "FEED_RSS", "feed_filename"):
            if path := self.settings.text(name).strip("/"):
                yield path
        for value in as_list(self.settings.value("feed_filenames")):
            if path := as_text(value).strip("/"):
                yield path

    def tag_pages(self, name: str) -> tuple[str, ...]:
        """The paths of a tag's page by the site's settings, below the base path."""
        return ()

    def unsupported_settings(self) -> Iterator[str]:
        """Settings that affect texts or addresses and are not supported, each with the consequence."""
        yield from ()

    @cached_property
    def heading_rule(self) -> heading_ids.HeadingIdRule | None:
        """The rule for ids of headings; None if headings had no ids or the rule is unknown."""
        return None

    def site_author(self) -> dict[str, Value]:
        """The author of the whole site in the settings, as front matter."""
        for name in ("author", "params.author", "extra.author"):
            value = self.settings.value(name)
            if isinstance(value, (str, dict)):
                return {"author": value}
        return {}

    def is_translation(self, language: str | None) -> bool:
        """Check if a language is not the default language of the site."""
        default = (self.default_language or "en").lower()
        return bool(language) and str(language).lower().partition("-")[0] != default.partition("-")[0]

    def _names(self, value: Value) -> Iterator[str]:
        if isinstance(value, str):
            if "," in value or ";" in value:
                yield from re.split(r"[,;]", value)
            elif self.tags_split_at_spaces:
                yield from value.split()
            else:
                yield value
        else:
            yield from authors.flat_names(value)


class GeneratorRules(Dialect):
    """The rules of a site generator, from which `item_builder` makes items."""

    @abstractmethod
    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """The facts in the path of a text; a `SkippedItem` if the site did not publish the file."""

    @abstractmethod
    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """The paths of a text on the old site, its own first; ``at`` is its date in the site's time zone."""

    def defaults(self, path: str) -> dict[str, Value]:
        """The front matter that settings and folders give to a file."""
        return {}


def is_repository_file(path: str) -> bool:
    """Check if a file is a note for the people who work on the folder, such as README.md."""
    name = path.rpartition("/")[2].rpartition(".")[0]
    return name.lower() in _ABOUT_THE_FOLDER


def without_extension(path: str) -> str:
    """The path without the file's extension."""
    head, dot, ending = path.rpartition(".")
    return head if dot and "/" not in ending else path
