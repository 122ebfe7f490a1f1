"""What the dialects share: settings of the old site, where files lie, and the way from a file to an item."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath
from typing import ClassVar, Final
from urllib.parse import urlsplit

from masthead.importing import (
    composing,
    dates,
    front_matter,
    old_heading_ids,
    people,
    permalinks,
    yaml_values,
)
from masthead.importing.decoding import decode
from masthead.importing.errors import Unreadable
from masthead.importing.folder import Folder, shown
from masthead.importing.front_matter import Document
from masthead.importing.items import Author, Item, Kind, LeftOut, Notebook
from masthead.importing.standing import PUBLISHING
from masthead.importing.values import Fields, Value, as_list, as_text, tidied

MARKDOWN: Final = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mdown", ".mdwn"})
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
DATA_FILES: Final = ("authors", "author", "people", "team", "members", "contributors", "writers", "staff")
DATA_NOTATIONS: Final = ("yml", "yaml", "json", "toml")
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
class Options:
    """What the person who imports decides."""

    now: datetime
    zone: tzinfo | None = None
    publish_future: bool = False
    #: Where the texts were public, if the folder does not say so.
    old_url: str = ""
    #: Patterns of paths whose texts are posts, or pages, whatever they look like.
    posts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    #: Who is credited with posts that name nobody.
    byline: str = ""
    #: Pictures of other sites are copied here.
    fetch_images: bool = False


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
    collection: str = ""
    is_index: bool = False
    #: The date in the name counts more than the one in the text.
    date_counts_first: bool = False


class Dialect(ABC):
    """One way to lay out texts in a folder. Objects travel to other processes, so they hold plain data only."""

    title: ClassVar[str]
    #: Files that settings may stand in, the first that exists counts.
    settings_files: ClassVar[tuple[str, ...]] = ()
    #: `tags: two words` are two tags.
    splits_tags_at_spaces: ClassVar[bool] = False
    #: `Title: …` lines may stand in front of a text.
    has_header_lines: ClassVar[bool] = False
    #: Addresses are made of the date in the zone that it is written in, rather than in that of the site.
    dates_keep_their_zone: ClassVar[bool] = False
    #: `11/02/2024` is a day in November.
    writes_month_first: ClassVar[bool] = False
    #: `author: Ada, Grace` are two people.
    splits_author: ClassVar[bool] = False
    #: Texts are in our own Markdown already, and `belongings` hold the rest.
    is_ours: ClassVar[bool] = False
    left_out_folders: ClassVar[frozenset[str]] = frozenset({"node_modules", "vendor", "__pycache__"})

    def __init__(self, folder: Folder, options: Options) -> None:
        self.folder = folder
        self.options = options
        #: Settings and data files that cannot be read, and why.
        self.problems: list[tuple[str, Unreadable]] = []
        self.settings = Fields(self._read_settings())
        self.zone = options.zone or self._zone()
        self.known_authors = people.directory(self._authors())

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

    @property
    def old_url(self) -> str:
        """Where the site was."""
        return self.options.old_url or self.settings.text("url", "baseURL", "base_url", "SITEURL")

    def tags(self, fields: Fields) -> Iterator[str]:
        """The names of what a text is about, the most important first."""
        for name in ("tags", "tag", "taxonomies", "categories", "category", "topics", "topic", "series"):
            yield from self._names(fields.value(name))

    @cached_property
    def base_path(self) -> str:
        """The path below which the old site lay, without a slash at its end."""
        try:
            return urlsplit(self.old_url).path.rstrip("/")
        except ValueError:
            return ""

    @cached_property
    def old_hosts(self) -> frozenset[str]:
        """The host names of the old site, with and without www."""
        try:
            host = (urlsplit(self.old_url).hostname or "").removeprefix("www.")
        except ValueError:
            return frozenset()
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
    def heading_rule(self) -> old_heading_ids.Rule | None:
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
            yield from people.flat_names(value)

    # Settings and data --------------------------------------------------------------------------

    def _read_settings(self) -> dict[str, Value]:
        for name in self.settings_files:
            if self.folder.holds(name):
                value = self.data(name)
                return value if isinstance(value, dict) else {}
        return {}

    def data(self, path: str) -> Value:
        """A file of settings or data in the notation of its ending; what is wrong with it goes into the report."""
        try:
            text = decode(self.folder.read(path)).text
            match PurePosixPath(path).suffix:
                case ".toml":
                    return front_matter.parse_toml(text)
                case ".json":
                    return front_matter.parse_json(text)
                case _:
                    return tidied(yaml_values.load(text))
        except Unreadable as error:
            self.problems.append((path, error))
            return None

    def _zone(self) -> tzinfo:
        name = self.settings.text("timezone", "timeZone")
        if not name:
            return UTC
        try:
            return dates.zone_named(name)
        except ValueError as error:
            self.problems.append((self.settings_files[0], Unreadable(str(error))))
            return UTC

    def data_folders(self) -> tuple[str, ...]:
        """Where the generator keeps data."""
        return ("_data", "data", "src/_data")

    def _authors(self) -> Iterator[Author]:
        for within in self.data_folders():
            for name in DATA_FILES:
                for notation in DATA_NOTATIONS:
                    path = f"{within}/{name}.{notation}"
                    if self.folder.holds(path):
                        yield from people.described(self.data(path))
                yield from self._author_files(f"{within}/{name}")
        yield from self._author_files("_authors")
        in_settings = self.settings.value("authors")
        if isinstance(in_settings, (dict, list)):
            yield from people.described(in_settings, top=False)

    def _author_files(self, within: str) -> Iterator[Author]:
        """A file for each author, in a folder."""
        for path in self.folder.files_in(within):
            stem, _, ending = path.rpartition("/")[2].rpartition(".")
            if ending in DATA_NOTATIONS:
                yield from people.described(self.data(path), top=False, key=stem)
            elif f".{ending}" in MARKDOWN:
                yield from self._author_file(path, stem)

    def _author_file(self, path: str, key: str) -> Iterator[Author]:
        """The author whom the front matter of a text describes."""
        try:
            values = front_matter.split(decode(self.folder.read(path)).text).values
        except Unreadable as error:
            self.problems.append((path, error))
            return
        named = Fields(values).text("short_name", "username", "slug")
        yield from people.described(values, top=False, key=named or key)


class Generator(Dialect):
    """A dialect of somebody else's, whose texts are read by what their paths and front matter usually mean."""

    #: Whether an alias without a slash in front is meant beside the text, rather than from the root of the site.
    aliases_stand_beside: ClassVar[bool] = False

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
        return composing.compose(self, path, place, document, fields, notebook)

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
