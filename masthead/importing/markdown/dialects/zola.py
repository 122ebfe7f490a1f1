"""Zola (https://www.getzola.org/documentation/): TOML front matter, taxonomies, colocated files, `@/` links."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.items import ItemKind, SkippedItem
from masthead.importing.markdown import authors
from masthead.importing.markdown.dialect import PathInfo, is_repository_file, without_extension
from masthead.importing.markdown.dialects.conventions import has_text
from masthead.importing.markdown.dialects.generator import Generator
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.reading.fields import FrontMatterFields
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.urls import heading_ids, permalinks, slug_rules

#: A file name that begins with a date, or with a date and a time.
_DATED: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T[\d:.-]+Z?)?[-_ ]+(.+)")
_PEOPLE: Final = frozenset({"authors", "author"})


class Zola(Generator):
    """A Zola site, or its folder of content."""

    title: ClassVar[str] = "Zola"
    settings_files: ClassVar[tuple[str, ...]] = ("config.toml", "zola.toml")
    skipped_folders: ClassVar[frozenset[str]] = frozenset(
        {"node_modules", "themes", "templates", "sass", "public", "static"}
    )

    @classmethod
    def matches_folder(cls, folder: SourceFolder) -> bool:
        """Check for settings with `base_url`; Hugo has `baseURL`."""
        if folder.has_file("zola.toml"):
            return True
        return folder.has_file("config.toml") and b"base_url" in folder.read("config.toml")

    @cached_property
    def content(self) -> str:
        """The content folder; '' for the whole folder."""
        return "content" if self.folder.has_folder("content") else ""

    @cached_property
    def default_language(self) -> str | None:
        """The language of files that name none."""
        return self.settings.text("default_language") or None

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages except the default one."""
        value = self.settings.value("languages")
        return frozenset(value) if isinstance(value, dict) else frozenset()

    @property
    def address_rule(self) -> str:
        """The rule: `path`, or folders and slug."""
        return "`path`, or the folders and the slug, as Zola does"

    def unsupported_settings(self) -> Iterator[str]:
        """Patterns of ignored files."""
        if self.settings.value("ignored_content") is not None:
            yield "ignored_content (these texts are imported, too)"

    def content_roots(self) -> tuple[str, ...]:
        """The content folder."""
        return (self.content,)

    def topic_folders(self) -> Iterator[str]:
        """The usual folders, and those of the site's own taxonomies."""
        yield from super().topic_folders()
        yield from (f"{self.content}/{name}".lstrip("/") for name in self._taxonomies())

    def topic_slug(self, name: str) -> str:
        """The name of a term's folder."""
        return slug_rules.zola(name)

    def tag_pages(self, name: str) -> tuple[str, ...]:
        """The paths of a term in the site's taxonomies."""
        return tuple(f"/{taxonomy}/{slug_rules.zola(name)}" for taxonomy in self._taxonomies())

    def _taxonomies(self) -> list[str]:
        """The names of taxonomies except those of authors."""
        written = self.settings.value("taxonomies")
        entries = (
            [FrontMatterFields(one) for one in written if isinstance(one, dict)]
            if isinstance(written, list)
            else []
        )
        names = (entry.text("name") for entry in entries)
        return [name for name in names if name and name not in _PEOPLE]

    @cached_property
    def heading_rule(self) -> heading_ids.HeadingIdRule | None:
        """Zola's slugs, unless the settings choose another strategy."""
        is_usual = self.settings.text("slugify.anchors").lower() in {"", "on"}
        return heading_ids.ZOLA if is_usual else None

    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """Dated texts are posts; others, and sections with a text, are pages."""
        if self.content and not path.startswith(f"{self.content}/"):
            return SkippedItem(path, "It is outside of the content folder.")
        inner = path[len(self.content) + 1 :] if self.content else path
        *folders, name = inner.split("/")
        stem, language = self._language_of(without_extension(name))
        if not document.values and is_repository_file(path):
            return SkippedItem(path, "It is a note about the folder.")
        if fields.flag("render") is False:
            return SkippedItem(path, "The site did not publish it as a page.")
        is_section = stem == "_index"
        if is_section and not has_text(document.body):
            return SkippedItem(path, "It only configures a section and has no text of its own.")
        if stem in {"index", "_index"}:
            stem, folders = (folders[-1], folders[:-1]) if folders else ("home", [])
        dated = _DATED.fullmatch(stem)
        stem, date = (dated[2], dated[1]) if dated else (stem, "")
        if dated and self.settings.text("slugify.paths_keep_dates") == "true":
            stem = dated[0]
        is_post = not is_section and (bool(date) or fields.value("date") is not None)
        kind = ItemKind.POST if is_post else ItemKind.PAGE
        return PathInfo(kind, stem, date=date, folders=tuple(folders), language=language, is_index=is_section)

    def _language_of(self, stem: str) -> tuple[str, str | None]:
        name, _, ending = stem.rpartition(".")
        return (name, ending) if name and ending in self.languages else (stem, None)

    def tags(self, fields: FrontMatterFields) -> Iterator[str]:
        """The terms of all taxonomies except those of authors."""
        taxonomies = fields.value("taxonomies")
        if isinstance(taxonomies, dict):
            for name, value in taxonomies.items():
                if name not in _PEOPLE:
                    yield from authors.flat_names(value)
        for name in ("tags", "categories"):
            yield from self._names(fields.value(name))

    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """`path`, or folders and slug."""
        prefix = f"/{info.language}" if info.language else ""
        written = fields.text("path")
        if written:
            yield prefix + permalinks.path_of(written).rstrip("/") + "/"
            return
        name = info.stem if info.is_index else self._slug(fields.text("slug") or info.stem)
        yield prefix + permalinks.with_leading_slash("/".join([*info.folders, name])) + "/"
        # Older versions of Zola applied the slug rule to folders, too.
        parts = [slug_rules.zola(part) for part in info.folders]
        yield prefix + permalinks.with_leading_slash("/".join([*parts, slug_rules.zola(name)])) + "/"

    def _slug(self, name: str) -> str:
        """The slug of a page by the strategy in the settings."""
        match self.settings.text("slugify.paths").lower():
            case "off":
                return name
            case "safe":
                return slug_rules.zola_safe(name)
            case _:
                return slug_rules.zola(name)
