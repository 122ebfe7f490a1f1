"""The data of an old site: its settings, its data files, and the authors and topics that they and texts describe."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import PurePosixPath
from typing import ClassVar, Final
from urllib.parse import urlsplit

from masthead.importing.errors import Unreadable
from masthead.importing.items import Author
from masthead.importing.markdown import authors, descriptions
from masthead.importing.markdown.descriptions import Topic
from masthead.importing.markdown.folder import Folder
from masthead.importing.reading import dates, front_matter, yaml_values
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import Fields, Value, tidied
from masthead.text.names import name_key
from masthead.text.slugs import slugify

MARKDOWN: Final = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mdown", ".mdwn"})
DATA_FILES: Final = ("authors", "author", "people", "team", "members", "contributors", "writers", "staff")
DATA_NOTATIONS: Final = ("yml", "yaml", "json", "toml")


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


class SiteData:
    """What is known about an old site besides its texts."""

    #: Files that settings may stand in, the first that exists counts.
    settings_files: ClassVar[tuple[str, ...]] = ()
    #: `Title: …` lines may stand in front of a text.
    has_header_lines: ClassVar[bool] = False
    #: Whether an alias without a slash in front is meant beside the text, rather than from the root of the site.
    aliases_stand_beside: ClassVar[bool] = False
    #: Texts are templates that may name any value of settings and front matter.
    names_front_matter: ClassVar[bool] = False
    #: Texts are in our own Markdown already, and `belongings` hold the rest.
    is_ours: ClassVar[bool] = False

    def __init__(self, folder: Folder, options: Options) -> None:
        self.folder = folder
        self.options = options
        #: Settings and data files that cannot be read, and why.
        self.problems: list[tuple[str, Unreadable]] = []
        #: Fields of texts about authors and topics that neither a profile nor a tag has, by file.
        self.unkept: dict[str, tuple[str, ...]] = {}
        self.settings = Fields(self._read_settings())
        self.zone = options.zone or self._zone()
        self.known_authors = authors.directory(self._authors())
        self.known_topics = {} if self.is_ours else descriptions.topics(self)

    @property
    def old_url(self) -> str:
        """Where the site was."""
        return self.options.old_url or self.settings.text("url", "baseURL", "base_url", "SITEURL")

    @cached_property
    def base_path(self) -> str:
        """The path below which the old site lay, without a slash at its end."""
        try:
            return urlsplit(self.old_url).path.rstrip("/")
        except ValueError:
            return ""

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

    def content_roots(self) -> tuple[str, ...]:
        """The folders in which texts about authors and topics lie; none where nobody knows."""
        return ()

    def topic_folders(self) -> Iterator[str]:
        """The folders that hold a text about each topic."""
        for root in self.content_roots():
            yield from (f"{root}/{name}".lstrip("/") for name in descriptions.TOPIC_FOLDERS)

    def topic_data(self) -> Iterator[Value]:
        """Data that describe topics."""
        for within in self.data_folders():
            for name in descriptions.TOPIC_DATA:
                for notation in DATA_NOTATIONS:
                    path = f"{within}/{name}.{notation}"
                    if self.folder.holds(path):
                        yield self.data(path)

    def describing(self) -> dict[str, str]:
        """The texts that a profile or a tag can hold whole, and whom or what each describes, in words."""
        found = {one.file: f"the author {one.name}" for one in self.known_authors.values() if one.file}
        found |= {
            one.file: f"the tag {one.name or one.file.split('/')[-2]}"
            for one in self.known_topics.values()
            if one.file
        }
        for path, left in self.unkept.items():
            if path in found and left:
                found[path] += f" (without {', '.join(left)})"
        return found

    def topic(self, written: str) -> Topic | None:
        """The topic that a file describes and that a text calls so."""
        found = self.known_topics.get(name_key(written)) if self.known_topics else None
        return found or (
            self.known_topics.get(name_key(self.topic_slug(written))) if self.known_topics else None
        )

    def topic_slug(self, name: str) -> str:
        """A topic's name in the address of its page."""
        return slugify(name)

    def _authors(self) -> Iterator[Author]:
        for within in self.data_folders():
            for name in DATA_FILES:
                for notation in DATA_NOTATIONS:
                    path = f"{within}/{name}.{notation}"
                    if self.folder.holds(path):
                        yield from authors.described(self.data(path))
                yield from self._author_files(f"{within}/{name}")
        yield from self._author_files("_authors")
        for root in self.content_roots():
            for name in descriptions.AUTHOR_FOLDERS:
                within = f"{root}/{name}".lstrip("/")
                for path, stem in descriptions.texts(self.folder, within):
                    yield from self._author_file(path, stem, within)
        in_settings = self.settings.value("authors", "authors_bio")
        if isinstance(in_settings, (dict, list)):
            yield from authors.described(in_settings, top=False)

    def _author_files(self, within: str) -> Iterator[Author]:
        """A file for each author, in a folder."""
        for path in self.folder.files_in(within):
            stem, _, ending = path.rpartition("/")[2].rpartition(".")
            if ending in DATA_NOTATIONS:
                yield from authors.described(self.data(path), top=False, key=stem)
            elif f".{ending}" in MARKDOWN:
                yield from self._author_file(path, stem, within)

    def _author_file(self, path: str, key: str, within: str) -> Iterator[Author]:
        """The author whom a text describes."""
        try:
            found = descriptions.read(self, path, key, within, characters=authors.BIO_CHARACTERS)
        except Unreadable as error:
            self.problems.append((path, error))
            return
        if found is None:
            return
        named = Fields(found.values).text("short_name", "username", "slug")
        self.unkept[path] = found.left
        for author in authors.described(dict(found.values), top=False, key=named or key):
            bio = found.summary if found.file or not author.bio else author.bio
            yield replace(author, bio=bio or author.bio, aliases=found.aliases, file=found.file)
