"""Eleventy (https://www.11ty.dev/docs/): texts in any folder, data in JSON files beside them, permalinks as templates.

Its settings are a program, which is never run; only the name of the input folder is searched in it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import ItemKind, SkippedItem
from masthead.importing.markdown.dialect import DATED_NAME, PathInfo, is_repository_file, without_extension
from masthead.importing.markdown.dialects.conventions import POST_FOLDERS, dated_addresses, has_text
from masthead.importing.markdown.dialects.generator import Generator
from masthead.importing.markdown.folder import FolderFile
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import FrontMatterFields, Value, as_text
from masthead.importing.reading.front_matter import Notation, SourceDocument
from masthead.importing.reading.plain_text import printable
from masthead.importing.urls import heading_ids, permalinks, slug_rules

#: Tags that only put a text into a collection of the theme.
LIST_TAGS: Final = frozenset({"all", "post", "posts", "page", "pages", "nav", "blog", "article", "articles"})
_INPUT: Final = re.compile(r"\binput\s*:\s*[\"']\.?/?([\w./-]+?)/?[\"']")
_EXPRESSION: Final = re.compile(r"\{\{-?\s*([\w.]+)\s*((?:\|[^{}|]{1,80})*)-?\}\}")
_DATE_FILTER: Final = re.compile(r"date\s*:?\s*\(?\s*[\"']([^\"']{1,60})[\"']\s*\)?")


class Eleventy(Generator):
    """An Eleventy site, or a folder of posts from one."""

    title: ClassVar[str] = "Eleventy"
    settings_files: ClassVar[tuple[str, ...]] = (
        ".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts",
    )  # fmt: skip
    skipped_folders: ClassVar[frozenset[str]] = frozenset(
        {"node_modules", "_site", "_includes", "_layouts", "_data", "public", "dist", "assets"}
    )

    @cached_property
    def program(self) -> str:
        """The source code of the settings, which is never run."""
        for name in self.settings_files:
            if self.folder.has_file(name):
                try:
                    return decode(self.folder.read(name)).text
                except Unreadable as error:
                    self.problems.append((name, error))
        return ""

    @cached_property
    def input(self) -> str:
        """The input folder; '' for the whole folder."""
        match = _INPUT.search(self.program)
        return match[1].strip("./") if match else ""

    @property
    def address_rule(self) -> str:
        """The rule: `permalink`, or the path."""
        return "`permalink`, or the path of the file, as Eleventy does"

    def unsupported_settings(self) -> Iterator[str]:
        """Data that only a program computes."""
        for word in ("addGlobalData", "addCollection", "eleventyComputed", "addPreprocessor"):
            if word in self.program:
                yield f"{word} in {self.settings_files[0]} (a program, which is never run)"
        for found in self.folder.walk(self.descends_into):
            if isinstance(found, FolderFile) and found.path.endswith(
                (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs")
            ):
                yield f"{printable(found.path)} (a program, which is never run; a permalink in it is not known)"

    @cached_property
    def heading_rule(self) -> heading_ids.HeadingIdRule | None:
        """The rule of the plug-in that the settings name."""
        if "IdAttributePlugin" in self.program:
            return heading_ids.ELEVENTY
        if "markdown-it-anchor" in self.program or "markdownItAnchor" in self.program:
            is_slug = re.search(r"getFilter\(\s*[\"']slugify[\"']\s*\)|slugify\s*:", self.program)
            return heading_ids.ANCHOR_SLUGIFY if is_slug else heading_ids.ANCHOR
        return None

    def _read_settings(self) -> dict[str, Value]:
        """Read the site's data file, in which themes keep the site's URL. The settings themselves are a program."""
        for within in self.data_folders():
            for name in ("site", "metadata", "meta"):
                for notation in ("json", "yml", "yaml"):
                    path = f"{within}/{name}.{notation}"
                    value = self.data(path) if self.folder.has_file(path) else None
                    if isinstance(value, dict):
                        return value
        return {}

    def data_folders(self) -> tuple[str, ...]:
        """`_data` in the input folder."""
        return ("_data", f"{self.input}/_data") if self.input else ("_data", "src/_data")

    def content_roots(self) -> tuple[str, ...]:
        """The input folder."""
        return (self.input,)

    def topic_slug(self, name: str) -> str:
        """The slug of a tag's page."""
        return slug_rules.eleventy_slugify(name)

    def defaults(self, path: str) -> dict[str, Value]:
        """The directory data files of all parent folders, and the data file of the text."""
        merged: dict[str, Value] = {}
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            merged.update(self._folder_data(folder))
        for ending in (".json", ".11tydata.json"):
            merged.update(self._mapping(without_extension(path) + ending))
        return merged

    def _folder_data(self, folder: str) -> dict[str, Value]:
        if folder not in self._data_cache:
            name = folder.rpartition("/")[2]
            self._data_cache[folder] = self._mapping(f"{folder}/{name}.json") | self._mapping(
                f"{folder}/{name}.11tydata.json"
            )
        return self._data_cache[folder]

    @cached_property
    def _data_cache(self) -> dict[str, dict[str, Value]]:
        return {}

    def _mapping(self, path: str) -> dict[str, Value]:
        value = self.data(path) if self.folder.has_file(path) else None
        return value if isinstance(value, dict) else {}

    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """Texts with a date, in a folder of posts, or tagged as posts are posts; others with front matter are pages."""
        inner = path.removeprefix(f"{self.input}/") if self.input else path
        if self.input and inner == path:
            return SkippedItem(path, f"It is outside of the input folder {self.input}.")
        *folders, name = inner.split("/")
        stem = without_extension(name)
        dated = DATED_NAME.fullmatch(stem)
        if document.notation is Notation.NONE and (is_repository_file(path) or not dated):
            return SkippedItem(path, "It has no front matter, so it was not a text of the site.")
        stem, date = (dated[2], dated[1]) if dated else (stem, "")
        is_index = stem == "index" or (bool(folders) and folders[-1] in {stem, without_extension(name)})
        if is_index and not has_text(document.body):
            return SkippedItem(path, "It is the theme's list of texts and has no text of its own.")
        if is_index:
            stem = folders[-1] if folders else "home"
            folders = folders[:-1]
        kind = ItemKind.POST if self._is_post(folders, date, fields) else ItemKind.PAGE
        return PathInfo(kind, stem, date=date, folders=tuple(folders), is_index=is_index)

    def _is_post(self, folders: list[str], date: str, fields: FrontMatterFields) -> bool:
        tags = {name.strip().lower() for name in self._names(fields.value("tags"))}
        return bool(
            date or tags & (LIST_TAGS - {"page", "pages", "nav", "all"}) or fields.value("date") is not None
        ) or any(folder.lower() in POST_FOLDERS for folder in folders)

    def tags(self, fields: FrontMatterFields) -> Iterator[str]:
        """The tags, except those that only mark a text as a post."""
        for name in super().tags(fields):
            if name.strip().lower() not in LIST_TAGS:
                yield name

    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """The permalink, if its template can be evaluated; otherwise the path of the file."""
        written = fields.text("permalink")
        if written and written not in {"false", "true"}:
            yield _evaluated(written, info, fields, at) or ""
        elif self.matches_folder(self.folder) or info.folders:
            name = path.rpartition("/")[2]
            full = info.stem if info.is_index else without_extension(name)
            for stem in (full, info.stem):
                # File names may have kept their date in the address; names of folders always do.
                yield permalinks.with_leading_slash("/".join([*info.folders, stem])) + "/"
        if info.date and at:
            # Blogs that moved from Jekyll to Eleventy keep Jekyll's addresses by a computed permalink, which is a program.
            yield (
                permalinks.expand(
                    "/:year/:month/:day/:title/", permalinks.date_tokens(at) | {"title": info.stem}
                )
                or ""
            )
            yield from dated_addresses(info)


def _evaluated(template: str, info: PathInfo, fields: FrontMatterFields, at: datetime | None) -> str | None:
    """Evaluate a permalink template; None if it needs a program."""
    known = True

    def replace(match: re.Match[str]) -> str:
        nonlocal known
        value = _value(match[1], match[2], info, fields, at)
        known = known and value is not None
        return value or ""

    address = _EXPRESSION.sub(replace, template)
    if not known or "{{" in address or "{%" in address:
        return None
    return permalinks.path_of(address)


def _value(
    name: str, filters: str, info: PathInfo, fields: FrontMatterFields, at: datetime | None
) -> str | None:
    if name in {"date", "page.date"}:
        pattern = _DATE_FILTER.search(filters)
        return permalinks.strftime(at, pattern[1]) if pattern and at else None
    names = {
        "page.fileSlug": info.stem,
        "page.filePathStem": permalinks.with_leading_slash(
            "/".join([*info.folders, info.stem, "index" if info.is_index else ""]).rstrip("/")
        ),
    }
    text = names.get(name) or as_text(fields.value(name.removeprefix("page.")))
    if not text:
        return None
    return _filtered(text, filters)


def _filtered(text: str, filters: str) -> str | None:
    """Apply filters to a text; None if one of them is unknown."""
    for name in re.findall(r"\|\s*(\w+)", filters):
        match name:
            case "slugify":
                text = slug_rules.eleventy_slugify(text)
            case "slug":
                text = slug_rules.eleventy_slug(text)
            case "lower" | "downcase":
                text = text.lower()
            case "trim" | "strip" | "safe" | "url":
                text = text.strip()
            case _:
                return None
    return text
