"""What the dialects share: settings of the old site, where files lie, and the way from a file to an item."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.items import Item, Kind, LeftOut, Notebook
from masthead.importing.markdown import authors, item_builder
from masthead.importing.markdown.dialects.old_site import SiteData
from masthead.importing.markdown.folder import Folder, shown
from masthead.importing.markdown.publication_status import PUBLISHING
from masthead.importing.reading import front_matter
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import Fields, Value, as_list, as_text
from masthead.importing.reading.front_matter import Document
from masthead.importing.urls import heading_ids, permalinks

HTML: Final = frozenset({".html", ".htm"})
#: Texts in notations that Masthead does not read; named, so that nobody misses them silently.
FOREIGN: Final = {
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
class Place:
    """What the path of a file says about the text in it."""

    kind: Kind
    #: The file's name as an address: without date, language and ending.
    stem: str
    #: The date in the file's name.
    date: str = ""
    is_draft: bool = False
    #: Folders that are part of the address or the categories.
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    #: The name that the files of all translations of the text have alike.
    translation_key: str = ""
    collection: str = ""
    is_index: bool = False
    #: The date in the name counts more than the one in the text.
    date_counts_first: bool = False


class Dialect(SiteData, ABC):
    """One way to lay out texts in a folder. Objects travel to other processes, so they hold plain data only."""

    title: ClassVar[str]
    #: `tags: two words` are two tags.
    splits_tags_at_spaces: ClassVar[bool] = False
    #: Addresses are made of the date in the zone that it is written in, rather than in that of the site.
    dates_keep_their_zone: ClassVar[bool] = False
    #: `11/02/2024` is a day in November.
    writes_month_first: ClassVar[bool] = False
    #: `author: Ada, Grace` are two people.
    splits_author: ClassVar[bool] = False
    left_out_folders: ClassVar[frozenset[str]] = frozenset({"node_modules", "vendor", "__pycache__"})

    @classmethod
    def is_at_home(cls, folder: Folder) -> bool:
        """Whether the folder holds this generator's settings."""
        return any(folder.holds(name) for name in cls.settings_files)

    # What a dialect answers ---------------------------------------------------------------------

    @abstractmethod
    def item(self, path: str, content: bytes) -> Item | LeftOut:
        """What a file becomes; raises `Unreadable`."""

    def enters(self, path: str) -> bool:
        """Whether a folder may hold texts."""
        name = path.rpartition("/")[2]
        return not name.startswith(".") and name not in self.left_out_folders

    def reads_html(self, path: str) -> bool:
        """Whether an HTML file is a text and not a part of the theme."""
        return False

    def tags(self, fields: Fields) -> Iterator[str]:
        """The names of what a text is about, the most important first."""
        for name in ("tags", "tag", "taxonomies", "categories", "category", "topics", "topic", "series"):
            yield from self._names(fields.value(name))

    @cached_property
    def old_hosts(self) -> frozenset[str]:
        """The host names of the old site, with and without www."""
        host = permalinks.host_of(self.old_url)
        return frozenset({host, f"www.{host}"}) if "." in host else frozenset()

    @cached_property
    def default_language(self) -> str | None:
        """The language of texts that do not name theirs; None leaves it to the publication."""
        return None

    @property
    def address_rule(self) -> str:
        """Which rule old addresses follow, in words that go on after "made by"."""
        return "what the texts say themselves"

    def feeds(self) -> Iterator[str]:
        """Where the settings put the feed of the site, besides the places that everybody knows."""
        for name in ("feed.path", "FEED_ALL_ATOM", "FEED_ATOM", "FEED_ALL_RSS", "FEED_RSS", "feed_filename"):
            if path := self.settings.text(name).strip("/"):
                yield path
        for value in as_list(self.settings.value("feed_filenames")):
            if path := as_text(value).strip("/"):
                yield path

    def tag_pages(self, name: str) -> tuple[str, ...]:
        """Where the generator lists the texts of a tag by the site's own settings, from the root of the site."""
        return ()

    def unread_settings(self) -> Iterator[str]:
        """Settings that decide about texts or addresses and are not understood, each with what follows."""
        yield from ()

    @cached_property
    def heading_rule(self) -> heading_ids.Rule | None:
        """How headings got their ids; None where they had none, or nobody knows."""
        return None

    def site_author(self) -> dict[str, Value]:
        """The author whom the settings name for the whole site, as front matter."""
        for name in ("author", "params.author", "extra.author"):
            value = self.settings.value(name)
            if isinstance(value, (str, dict)):
                return {"author": value}
        return {}

    def is_foreign(self, language: str | None) -> bool:
        """Whether a text is in another language than the site's default one."""
        default = (self.default_language or "en").lower()
        return bool(language) and str(language).lower().partition("-")[0] != default.partition("-")[0]

    def _names(self, value: Value) -> Iterator[str]:
        if isinstance(value, str):
            if "," in value or ";" in value:
                yield from re.split(r"[,;]", value)
            elif self.splits_tags_at_spaces:
                yield from value.split()
            else:
                yield value
        else:
            yield from authors.flat_names(value)


class Generator(Dialect):
    """A dialect of somebody else's, whose texts are read by what their paths and front matter usually mean."""

    @abstractmethod
    def place(self, path: str, document: Document, fields: Fields) -> Place | LeftOut:
        """What the path of a text says about it."""

    @abstractmethod
    def addresses(self, place: Place, path: str, fields: Fields, at: datetime | None) -> Iterable[str]:
        """The paths of a text on the old site, its own first; ``at`` is its date in the site's time zone."""

    def defaults(self, path: str) -> dict[str, Value]:
        """Front matter that the folder gives to a file."""
        return {}

    def item(self, path: str, content: bytes) -> Item | LeftOut:
        """What a file becomes; raises `Unreadable`."""
        decoded = decode(content)
        document = front_matter.split(decoded.text, headers=self.has_header_lines)
        fields = document.fields(defaults=self.defaults(path))
        if path.rpartition("/")[2].rpartition(".")[0] == "404":
            return LeftOut(shown(path), "It was the page for addresses that lead nowhere.")
        place = self.place(path, document, fields)
        if isinstance(place, LeftOut):
            return replace(place, source=shown(path))
        place = self._settled(place, path, fields)
        notebook = Notebook()
        if decoded.dropped:
            notebook.changed("NUL characters", "left out", count=decoded.dropped)
        for name, line in document.repeated:
            notebook.changed(
                "repeated front matter", f"`{name}` stands there twice; the last one counts", line=line
            )
        return item_builder.compose(self, path, place, document, fields, notebook)

    def _settled(self, place: Place, path: str, fields: Fields) -> Place:
        """The place with a date that only an address or the folders name, and of the kind that was asked for."""
        if not place.date and fields.value(*PUBLISHING) is None:
            found = permalinks.date_in(fields.text("path", "permalink", "url")) or permalinks.date_in(path)
            if found:
                kind = place.kind if place.is_index else Kind.POST
                place = replace(place, date=found, kind=kind)
        for kind, patterns in ((Kind.POST, self.options.posts), (Kind.PAGE, self.options.pages)):
            if any(fnmatchcase(path, pattern.replace("**/", "*")) for pattern in patterns):
                place = replace(place, kind=kind)
        return place


def is_about_the_folder(path: str) -> bool:
    """Whether a file is a note to the people who work on the folder, like README.md."""
    name = path.rpartition("/")[2].rpartition(".")[0]
    return name.lower() in _ABOUT_THE_FOLDER


def without_ending(path: str) -> str:
    """The path without the file's ending."""
    head, dot, ending = path.rpartition(".")
    return head if dot and "/" not in ending else path
