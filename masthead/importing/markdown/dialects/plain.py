"""A folder of Markdown files without a site generator."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar, Final

from masthead.importing.items import ItemKind, SkippedItem
from masthead.importing.markdown.dialect import DATED_NAME, PathInfo, is_repository_file, without_extension
from masthead.importing.markdown.dialects.generator import Generator
from masthead.importing.reading.fields import FrontMatterFields, Value
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.urls import permalinks

_PAGES: Final = frozenset(
    {"about", "about-us", "contact", "colophon", "imprint", "impressum", "privacy", "now", "uses"}
)
_DATED_FOLDERS: Final = re.compile(r"(?:^|.*/)(\d{4})/(\d{1,2})/(?:(\d{1,2})/)?[^/]+")


class Plain(Generator):
    """Markdown files with any front matter, or with none."""

    title: ClassVar[str] = "plain Markdown"
    has_header_lines: ClassVar[bool] = True

    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """Every text is a post, except texts in `pages` and usual pages such as "about"."""
        *folders, name = path.split("/")
        stem = without_extension(name)
        if is_repository_file(path) and not folders:
            return SkippedItem(path, "It is a note about the folder.")
        if not document.body.strip() and not document.values:
            return SkippedItem(path, "It is empty.")
        if stem.lower() in {"index", "_index", "readme"} and folders:
            stem, folders = folders[-1], folders[:-1]
        dated = DATED_NAME.fullmatch(stem)
        stem, date = (dated[2], dated[1]) if dated else (stem, _date_of(path))
        has_date = bool(date) or fields.value("date") is not None
        is_page = not has_date and (stem.lower() in _PAGES or "pages" in folders)
        kind = ItemKind.PAGE if is_page else ItemKind.POST
        return PathInfo(kind, stem, date=date, is_draft="drafts" in {folder.lower() for folder in folders})

    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """The address in the front matter, since there is no rule of a generator."""
        yield (
            permalinks.path_of(fields.text("permalink", "url", "path"))
            if fields.text("permalink", "url", "path")
            else ""
        )

    def _names(self, value: Value) -> Iterator[str]:
        """The names; hashtags in one string are several names."""
        if isinstance(value, str) and value.count("#") > 1:
            yield from re.split(r"[\s,;]+", value)
        else:
            yield from super()._names(value)


def _date_of(path: str) -> str:
    """The date of folders such as `2014/03/12`; without a day, the first of the month."""
    match = _DATED_FOLDERS.fullmatch(path)
    return f"{match[1]}-{match[2]}-{match[3] or 1}" if match else ""
