"""An old site's authors and topics: described by its settings, by data files, or by texts of their own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import SourceAuthor, TopicDescription
from masthead.importing.markdown import authors, descriptions
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.options import FolderOptions
from masthead.importing.markdown.site_settings import DATA_EXTENSIONS, MARKDOWN_EXTENSIONS, SiteSettings
from masthead.importing.reading.fields import FrontMatterFields
from masthead.text.names import name_key
from masthead.text.slugs import slugify

AUTHOR_DATA_FILES: Final = (
    "authors",
    "author",
    "people",
    "team",
    "members",
    "contributors",
    "writers",
    "staff",
)


class OldSite(SiteSettings):
    """Everything that the import knows about an old site besides its posts and pages."""

    #: Texts are templates that may use any value of settings and front matter.
    templates_use_front_matter: ClassVar[bool] = False
    #: The folder is an export of Masthead: texts are in our Markdown already, and `export_data` reads the rest.
    is_own_export: ClassVar[bool] = False

    def __init__(self, folder: SourceFolder, options: FolderOptions) -> None:
        super().__init__(folder, options)
        #: Fields of texts about authors and topics that profiles and tags do not have, by file.
        self.unsupported_fields: dict[str, tuple[str, ...]] = {}
        self.known_authors = authors.directory(self._authors())
        self.known_topics = {} if self.is_own_export else self._topics()

    def description_files(self) -> dict[str, str]:
        """The texts that go whole into a profile or a tag, each with the words for what it describes."""
        found = {one.file: f"the author {one.name}" for one in self.known_authors.values() if one.file}
        found |= {
            one.file: f"the tag {one.name or one.file.split('/')[-2]}"
            for one in self.known_topics.values()
            if one.file
        }
        for path, fields in self.unsupported_fields.items():
            if path in found and fields:
                found[path] += f" (without {', '.join(fields)})"
        return found

    def topic(self, written: str) -> TopicDescription | None:
        """The described topic that a text means by this name; None if no file describes it."""
        if not self.known_topics:
            return None
        found = self.known_topics.get(name_key(written))
        return found or self.known_topics.get(name_key(self.topic_slug(written)))

    def topic_slug(self, name: str) -> str:
        """The topic's name in the address of its page."""
        return slugify(name)

    def _topics(self) -> dict[str, TopicDescription]:
        found, unsupported = descriptions.topics(self)
        self.unsupported_fields |= unsupported
        return found

    def _authors(self) -> Iterator[SourceAuthor]:
        for within in self.data_folders():
            for name in AUTHOR_DATA_FILES:
                for extension in DATA_EXTENSIONS:
                    path = f"{within}/{name}.{extension}"
                    if self.folder.has_file(path):
                        yield from authors.parse_authors(self.data(path))
                yield from self._author_files(f"{within}/{name}")
        yield from self._author_files("_authors")
        for root in self.content_roots():
            for name in descriptions.AUTHOR_FOLDERS:
                within = f"{root}/{name}".lstrip("/")
                for path, stem in descriptions.description_texts(self.folder, within):
                    yield from self._author_text(path, stem, within)
        in_settings = self.settings.value("authors", "authors_bio")
        if isinstance(in_settings, (dict, list)):
            yield from authors.parse_authors(in_settings, top=False)

    def _author_files(self, within: str) -> Iterator[SourceAuthor]:
        """The authors of a folder that holds one file for each."""
        for path in self.folder.files_in(within):
            stem, _, extension = path.rpartition("/")[2].rpartition(".")
            if extension in DATA_EXTENSIONS:
                yield from authors.parse_authors(self.data(path), top=False, key=stem)
            elif f".{extension}" in MARKDOWN_EXTENSIONS:
                yield from self._author_text(path, stem, within)

    def _author_text(self, path: str, key: str, within: str) -> Iterator[SourceAuthor]:
        """The author whom a Markdown file describes."""
        try:
            found = descriptions.read_description(self, path, key, within, characters=authors.BIO_CHARACTERS)
        except Unreadable as error:
            self.problems.append((path, error))
            return
        if found is None:
            return
        key = FrontMatterFields(found.values).text("short_name", "username", "slug") or key
        self.unsupported_fields[path] = found.unsupported
        for author in authors.parse_authors(dict(found.values), top=False, key=key):
            bio = found.summary if found.file or not author.bio else author.bio
            yield replace(author, bio=bio or author.bio, aliases=found.aliases, file=found.file)
