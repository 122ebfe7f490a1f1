"""Pelican (https://docs.getpelican.com/en/latest/content.html): header lines, folders as categories, `{filename}` links.

Its settings are a program, which is read for constants and never run.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final

from masthead.importing import permalinks
from masthead.importing.decoding import decode
from masthead.importing.dialects.base import DATED_NAME, Generator, Place, is_about_the_folder, without_ending
from masthead.importing.errors import Unreadable
from masthead.importing.front_matter import Document
from masthead.importing.items import Kind, LeftOut
from masthead.importing.values import Fields, Value, as_list, as_text, tidied
from masthead.text.slugs import slugify

_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::([^{}]{1,60}))?\}")


class Pelican(Generator):
    """A Pelican site, or its folder of content."""

    title: ClassVar[str] = "Pelican"
    settings_files: ClassVar[tuple[str, ...]] = ("pelicanconf.py", "publishconf.py", "pelican.conf.py")
    has_header_lines: ClassVar[bool] = True
    left_out_folders: ClassVar[frozenset[str]] = frozenset(
        {"node_modules", "output", "theme", "themes", "plugins", "cache"}
    )

    def _read_settings(self) -> dict[str, Value]:
        """The constants of the settings; those for publishing come last and count."""
        values: dict[str, Value] = {}
        for name in self.settings_files:
            if not self.folder.holds(name):
                continue
            try:
                values.update(constants(decode(self.folder.read(name)).text))
            except Unreadable as error:
                self.problems.append((name, error))
        return values

    @cached_property
    def content(self) -> str:
        """The folder of content, '' if it is the whole."""
        wanted = self.settings.text("PATH").strip("./") or "content"
        return wanted if self.folder.has_folder(wanted) else ""

    @cached_property
    def default_language(self) -> str | None:
        """The language of texts that name none."""
        return self.settings.text("DEFAULT_LANG") or None

    @cached_property
    def page_folders(self) -> tuple[str, ...]:
        """Where pages lie."""
        return tuple(as_text(value).strip("/") for value in as_list(self.settings.value("PAGE_PATHS"))) or (
            "pages",
        )

    def place(self, path: str, document: Document, fields: Fields) -> Place | LeftOut:
        """Everything below `pages` is a page, everything else a post."""
        if self.content and not path.startswith(f"{self.content}/"):
            return LeftOut(path, "It lies outside of the folder of content.")
        inner = path[len(self.content) + 1 :] if self.content else path
        if not document.values:
            reason = (
                "It is a note about the folder."
                if is_about_the_folder(path)
                else "It has no title or date in front of its text."
            )
            return LeftOut(path, reason)
        *folders, name = inner.split("/")
        stem = without_ending(name)
        within = "/".join(folders)
        if any(within == page or within.startswith(f"{page}/") for page in self.page_folders):
            return Place(Kind.PAGE, stem)
        dated = DATED_NAME.fullmatch(stem)
        categories = (
            (folders[-1],) if folders and self.settings.flag("USE_FOLDER_AS_CATEGORY") is not False else ()
        )
        return Place(
            Kind.POST,
            dated[2] if dated else stem,
            date=dated[1] if dated else "",
            is_draft="drafts" in folders,
            categories=categories,
            folders=tuple(folders),
        )

    def tags(self, fields: Fields) -> Iterator[str]:
        """The category is a tag like the others."""
        yield from self._names(fields.value("tags"))
        yield from self._names(fields.value("category"))

    def addresses(self, place: Place, path: str, fields: Fields, at: datetime | None) -> Iterable[str]:
        """`url` or `save_as`, or the pattern of the settings with the slug of the title."""
        written = fields.text("url", "save_as")
        title = fields.text("title")
        slug = fields.text("slug") or (slugify(title) if title else place.stem)
        patterns = [written] if written else list(self._patterns(place, fields))
        for pattern in patterns:
            yield self._filled(pattern, place, fields, slug, at)

    def _patterns(self, place: Place, fields: Fields) -> Iterator[str]:
        kind = "PAGE" if place.kind is Kind.PAGE else "ARTICLE"
        language = fields.text("lang")
        if language and language != (self.default_language or "en"):
            kind += "_LANG"
        usual = {
            "PAGE": "pages/{slug}.html",
            "ARTICLE": "{slug}.html",
            "PAGE_LANG": "pages/{slug}-{lang}.html",
            "ARTICLE_LANG": "{slug}-{lang}.html",
        }
        yield self.settings.text(f"{kind}_URL", f"{kind}_SAVE_AS") or usual[kind]

    def _filled(self, pattern: str, place: Place, fields: Fields, slug: str, at: datetime | None) -> str:
        values = {
            "slug": slug,
            "lang": fields.text("lang") or self.default_language or "",
            "category": slugify(fields.text("category") or (place.categories or ("misc",))[0]),
            "author": slugify(fields.text("author") or self.settings.text("AUTHOR") or "x"),
        }

        def replace(match: re.Match[str]) -> str:
            if match[1] == "date":
                return permalinks.strftime(at, match[2] or "%Y-%m-%d") if at else ""
            return values.get(match[1], "")

        return permalinks.path_of(_PLACEHOLDER.sub(replace, pattern))


def constants(program: str) -> dict[str, Value]:
    """The names that a Python program binds to plain constants at its top level, found without running it."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise Unreadable("These settings are not Python.", line=line) from None
    found: dict[str, Value] = {}
    for statement in tree.body:
        if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            try:
                found[target.id] = tidied(_plain(ast.literal_eval(statement.value)))
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                continue
    return found


def _plain(value: Any) -> Value:
    match value:
        case tuple() | list() | set():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case str() | int() | float() | bool():
            return value
        case _:
            return None
