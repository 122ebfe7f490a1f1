"""Pelican (https://docs.getpelican.com/en/latest/content.html): header lines, folders as categories, `{filename}` links.

Its settings are a program, which is parsed for constants and never run.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property, partial
from typing import ClassVar, Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import ItemKind, SkippedItem
from masthead.importing.markdown.dialect import DATED_NAME, PathInfo, is_repository_file, without_extension
from masthead.importing.markdown.dialects import python_settings
from masthead.importing.markdown.dialects.generator import Generator
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import FrontMatterFields, Value, as_list, as_text
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.urls import heading_ids, permalinks, slug_rules

#: Settings that affect texts and their addresses.
_MATTERS: Final = re.compile(
    r"PATH|TIMEZONE|SITEURL|DEFAULT_(?:LANG|CATEGORY|DATE|METADATA)|(?:ARTICLE|PAGE|DRAFT)_\w+|SLUG\w+|"
    r"(?:CATEGORY|TAG|AUTHOR)_(?:URL|SAVE_AS|REGEX_SUBSTITUTIONS)|AUTHOR|\w+_METADATA|USE_FOLDER_AS_CATEGORY"
)
#: Nested repetitions in a regular expression, which may need exponential time; file names need none.
_NESTED: Final = re.compile(r"[*+}]\??\)\s*[*+{]")
PATTERN_CHARACTERS: Final = 500
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::([^{}]{1,60}))?\}")


class Pelican(Generator):
    """A Pelican site, or its folder of content."""

    title: ClassVar[str] = "Pelican"
    settings_files: ClassVar[tuple[str, ...]] = ("pelicanconf.py", "publishconf.py", "pelican.conf.py")
    has_header_lines: ClassVar[bool] = True
    dates_keep_zone: ClassVar[bool] = True
    month_comes_first: ClassVar[bool] = True
    skipped_folders: ClassVar[frozenset[str]] = frozenset(
        {"node_modules", "output", "theme", "themes", "plugins", "cache"}
    )

    def _read_settings(self) -> dict[str, Value]:
        """Read the constants of the settings; those of `publishconf.py` win."""
        self._computed: list[str] = []
        values: dict[str, Value] = {}
        for name in self.settings_files:
            if not self.folder.has_file(name):
                continue
            try:
                program = decode(self.folder.read(name)).text
                values.update(python_settings.constants(program))
                self._computed += [
                    one for one in python_settings.computed_names(program) if _MATTERS.fullmatch(one)
                ]
            except Unreadable as error:
                self.problems.append((name, error))
        return values

    @cached_property
    def content(self) -> str:
        """The content folder; '' for the whole folder."""
        wanted = self.settings.text("PATH").strip("./") or "content"
        return wanted if self.folder.has_folder(wanted) else ""

    @cached_property
    def default_language(self) -> str | None:
        """The language of texts that name none."""
        return self.settings.text("DEFAULT_LANG") or None

    @cached_property
    def page_folders(self) -> tuple[str, ...]:
        """The folders of pages."""
        return tuple(as_text(value).strip("/") for value in as_list(self.settings.value("PAGE_PATHS"))) or (
            "pages",
        )

    @property
    def address_rule(self) -> str:
        """The pattern of articles' addresses."""
        return (
            f"Pelican's ARTICLE_URL “{self.settings.text('ARTICLE_URL', 'ARTICLE_SAVE_AS') or '{slug}.html'}”"
        )

    def unsupported_settings(self) -> Iterator[str]:
        """Settings that only a program computes, refused patterns, and plug-ins that change addresses."""
        yield from (f"{name} (a program computes its value, and is never run)" for name in self._computed)
        for name in ("FILENAME_METADATA", "PATH_METADATA"):
            if self.settings.text(name) and self._pattern_of(name) is None:
                yield f"{name} (this pattern is not read)"
        for plugin in as_list(self.settings.value("PLUGINS")):
            if as_text(plugin).rpartition(".")[2] in {"i18n_subsites", "subcategory", "permalinks"}:
                yield f"PLUGINS: {as_text(plugin)} (it changes the addresses of texts)"

    def tag_pages(self, name: str) -> tuple[str, ...]:
        """The pages of a tag and a category by their patterns."""
        pairs = (("TAG", "tag/{slug}.html"), ("CATEGORY", "category/{slug}.html"))
        return tuple(
            permalinks.path_of(pattern.replace("{slug}", self._slug(name, kind)))
            for kind, usual in pairs
            for pattern in (self.settings.text(f"{kind}_URL") or usual, self.settings.text(f"{kind}_SAVE_AS"))
            if pattern
        )

    def content_roots(self) -> tuple[str, ...]:
        """The content folder, and the folders of pages in it."""
        return (self.content, *(f"{self.content}/{name}".lstrip("/") for name in self.page_folders))

    def topic_data(self) -> Iterator[Value]:
        """Data files, and the settings in which themes keep descriptions."""
        yield from super().topic_data()
        for kind in ("TAG", "TAGS", "CATEGORY", "CATEGORIES"):
            for words in ("DESCRIPTION", "DESCRIPTIONS"):
                yield self.settings.value(f"{kind}_{words}")

    @cached_property
    def heading_rule(self) -> heading_ids.HeadingIdRule | None:
        """The rule of Python-Markdown's extension `toc`, if it is enabled."""
        has_ids = "markdown.extensions.toc" in as_text(self.settings.value("MARKDOWN"))
        return heading_ids.PYTHON_MARKDOWN if has_ids else None

    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """Files below `pages` are pages, all others are posts."""
        if self.content and not path.startswith(f"{self.content}/"):
            return SkippedItem(path, "It is outside of the content folder.")
        inner = path[len(self.content) + 1 :] if self.content else path
        if not document.values:
            reason = (
                "It is a note about the folder."
                if is_repository_file(path)
                else "It has no header lines with a title or date."
            )
            return SkippedItem(path, reason)
        *folders, name = inner.split("/")
        stem = without_extension(name)
        if self._is_page(inner):
            return PathInfo(ItemKind.PAGE, stem)
        dated = DATED_NAME.fullmatch(stem)
        categories = (
            (folders[-1],) if folders and self.settings.flag("USE_FOLDER_AS_CATEGORY") is not False else ()
        )
        return PathInfo(
            ItemKind.POST,
            dated[2] if dated else stem,
            date=dated[1] if dated else "",
            is_draft="drafts" in folders,
            categories=categories,
            folders=tuple(folders),
        )

    def _is_page(self, inner: str) -> bool:
        return any(inner.startswith(f"{page}/") for page in self.page_folders)

    def tags(self, fields: FrontMatterFields) -> Iterator[str]:
        """The tags and the category."""
        yield from self._names(fields.value("tags"))
        yield from self._names(fields.value("category"))

    def defaults(self, path: str) -> dict[str, Value]:
        """The metadata that settings and the file's path give to a text."""
        inner = path[len(self.content) + 1 :] if self.content else path
        merged: dict[str, Value] = {}
        merged |= self._default_date()
        for found in (self.settings.value("DEFAULT_METADATA"), *self._metadata_by_path(inner)):
            merged |= (
                {name.lower(): value for name, value in found.items()} if isinstance(found, dict) else {}
            )
        if "/" in inner and self.settings.flag("USE_FOLDER_AS_CATEGORY") is not False:
            # The category by folder wins over the settings; `path_info` has it.
            merged.pop("category", None)
        return merged | self._named(inner)

    def _default_date(self) -> dict[str, Value]:
        written = self.settings.value("DEFAULT_DATE")
        if isinstance(written, list):
            year, month, day = [*map(as_text, written), "1", "1"][:3]
            return {"date": f"{year}-{month}-{day}"}
        return {"date": written} if isinstance(written, str) and written != "fs" else {}

    def _metadata_by_path(self, inner: str) -> Iterator[Value]:
        extra = self.settings.value("EXTRA_PATH_METADATA")
        for within, values in sorted(extra.items()) if isinstance(extra, dict) else ():
            if inner == within or inner.startswith(f"{within.rstrip('/')}/"):
                yield values

    def _named(self, inner: str) -> dict[str, Value]:
        """The metadata that `FILENAME_METADATA` and `PATH_METADATA` find in the path; the first wins."""
        name = without_extension(inner.rpartition("/")[2])
        found: dict[str, Value] = {}
        for setting, text in (("PATH_METADATA", inner), ("FILENAME_METADATA", name)):
            pattern = self._pattern_of(setting)
            match = pattern.match(text) if pattern else None
            found |= {key: value for key, value in match.groupdict().items() if value} if match else {}
        return found

    def _pattern_of(self, setting: str) -> re.Pattern[str] | None:
        written = self.settings.text(setting)
        if not written or len(written) > PATTERN_CHARACTERS or _NESTED.search(written):
            return None
        try:
            return re.compile(written)
        except re.error:
            return None

    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """`url` and `save_as`, or the patterns of the settings."""
        written = [fields.text("url"), fields.text("save_as")]
        slug = fields.text("slug") or self._slug(self._slug_source(path, fields))
        for pattern in filter(None, written if any(written) else self._patterns(info, fields)):
            yield self._filled(pattern, info, fields, slug, at)

    def _slug_source(self, path: str, fields: FrontMatterFields) -> str:
        name = without_extension(path.rpartition("/")[2])
        if self.settings.text("SLUGIFY_SOURCE") == "basename":
            return name
        return fields.text("title") or name

    def _slug(self, text: str, kind: str = "SLUG") -> str:
        pairs = self.settings.value(f"{kind}_REGEX_SUBSTITUTIONS", "SLUG_REGEX_SUBSTITUTIONS")
        rule = partial(
            slug_rules.pelican,
            keeps_unicode=self.settings.flag("SLUGIFY_USE_UNICODE") is True,
            keeps_case=self.settings.flag("SLUGIFY_PRESERVE_CASE") is True,
        )
        found = [
            (as_text(pair[0]), as_text(pair[1]))
            for pair in as_list(pairs)
            if isinstance(pair, list) and len(pair) == 2 and not _NESTED.search(as_text(pair[0]))
        ]
        try:
            return rule(text, found) if found else rule(text)
        except re.error:
            return rule(text)

    def _patterns(self, info: PathInfo, fields: FrontMatterFields) -> Iterator[str]:
        kind = "PAGE" if info.kind is ItemKind.PAGE else "ARTICLE"
        language = fields.text("lang")
        if language and language != (self.default_language or "en"):
            kind += "_LANG"
        usual = {
            "PAGE": "pages/{slug}.html",
            "ARTICLE": "{slug}.html",
            "PAGE_LANG": "pages/{slug}-{lang}.html",
            "ARTICLE_LANG": "{slug}-{lang}.html",
        }
        yield self.settings.text(f"{kind}_URL")
        yield self.settings.text(f"{kind}_SAVE_AS") or (
            "" if self.settings.text(f"{kind}_URL") else usual[kind]
        )

    def _filled(
        self, pattern: str, info: PathInfo, fields: FrontMatterFields, slug: str, at: datetime | None
    ) -> str:
        category = fields.text("category") or (info.categories or ("",))[0]
        author = fields.text("author", "authors") or self.settings.text("AUTHOR")
        values = {
            "slug": slug,
            "lang": fields.text("lang") or self.default_language or "en",
            "category": self._slug(category or self.settings.text("DEFAULT_CATEGORY") or "misc", "CATEGORY"),
            "author": self._slug(author, "AUTHOR"),
        }

        def replace(match: re.Match[str]) -> str:
            if match[1] == "date":
                return permalinks.strftime(at, match[2] or "%Y-%m-%d") if at else ""
            return values.get(match[1], "")

        return permalinks.path_of(_PLACEHOLDER.sub(replace, pattern))
