"""The settings and data files of an old site, and the folders in which its generator keeps things."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from functools import cached_property
from pathlib import PurePosixPath
from typing import ClassVar, Final
from urllib.parse import urlsplit

from masthead.importing.errors import Unreadable
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.reading import dates, front_matter, yaml_values
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import FrontMatterFields, Value, without_unstorable
from masthead.importing.urls import permalinks

MARKDOWN_EXTENSIONS: Final = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mdown", ".mdwn"})
HTML_EXTENSIONS: Final = frozenset({".html", ".htm"})
DATA_EXTENSIONS: Final = ("yml", "yaml", "json", "toml")
TOPIC_FOLDERS: Final = ("tags", "tag", "categories", "category", "topics", "topic", "series")
TOPIC_DATA_FILES: Final = ("tags", "topics", "categories")


class SiteSettings:
    """Reads settings and data files. Objects travel to worker processes, so they hold plain data only."""

    #: Names of settings files; the first that exists is read.
    settings_files: ClassVar[tuple[str, ...]] = ()
    #: The text may begin with `Title: …` lines.
    has_header_lines: ClassVar[bool] = False
    #: An alias without a leading slash is relative to the text's own address, not to the root of the site.
    aliases_are_relative: ClassVar[bool] = False

    def __init__(self, folder: SourceFolder, options: FolderOptions) -> None:
        self.folder = folder
        self.options = options
        #: Settings and data files that could not be read, with the error.
        self.problems: list[tuple[str, Unreadable]] = []
        self.settings = FrontMatterFields(self._read_settings())
        self.zone = options.zone or self._zone()

    @property
    def old_url(self) -> str:
        """The URL of the old site."""
        return self.options.old_url or self.settings.text("url", "baseURL", "base_url", "SITEURL")

    @cached_property
    def old_hosts(self) -> frozenset[str]:
        """The host names of the old site, with and without www."""
        host = permalinks.host_of(self.old_url)
        return frozenset({host, f"www.{host}"}) if "." in host else frozenset()

    @cached_property
    def base_path(self) -> str:
        """The path prefix of the old site, without a trailing slash."""
        try:
            return urlsplit(self.old_url).path.rstrip("/")
        except ValueError:
            return ""

    def _read_settings(self) -> dict[str, Value]:
        for name in self.settings_files:
            if self.folder.has_file(name):
                value = self.data(name)
                return value if isinstance(value, dict) else {}
        return {}

    def data(self, path: str) -> Value:
        """Parse a file of settings or data by its extension; errors go to `problems` and so into the report."""
        try:
            text = decode(self.folder.read(path)).text
            match PurePosixPath(path).suffix:
                case ".toml":
                    return front_matter.parse_toml(text)
                case ".json":
                    return front_matter.parse_json(text)
                case _:
                    return without_unstorable(yaml_values.load(text))
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
        """The folders in which the generator keeps data files."""
        return ("_data", "data", "src/_data")

    def content_roots(self) -> tuple[str, ...]:
        """The folders that may hold texts about authors and topics; none where the generator has no convention."""
        return ()

    def topic_folders(self) -> Iterator[str]:
        """The folders that hold one text for each topic."""
        for root in self.content_roots():
            yield from (f"{root}/{name}".lstrip("/") for name in TOPIC_FOLDERS)

    def topic_data(self) -> Iterator[Value]:
        """The content of data files about topics."""
        for within in self.data_folders():
            for name in TOPIC_DATA_FILES:
                for extension in DATA_EXTENSIONS:
                    path = f"{within}/{name}.{extension}"
                    if self.folder.has_file(path):
                        yield self.data(path)
