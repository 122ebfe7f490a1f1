"""Hugo (https://gohugo.io/content-management/): sections, bundles, languages, permalinks, aliases."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing import front_matter, permalinks
from masthead.importing.decoding import decode
from masthead.importing.dialects.base import (
    DATA_NOTATIONS,
    DATED_NAME,
    Generator,
    Place,
    is_about_the_folder,
    without_ending,
)
from masthead.importing.dialects.eleventy import POST_FOLDERS
from masthead.importing.dialects.jekyll import has_words
from masthead.importing.errors import Unreadable
from masthead.importing.folder import Folder
from masthead.importing.front_matter import Document
from masthead.importing.items import Author, Kind, LeftOut
from masthead.importing.values import Fields, Value, as_list
from masthead.text.slugs import slugify

_SETTINGS_FOLDER: Final = "config/_default"
_PARTS: Final = ("permalinks", "languages", "taxonomies", "params")
_LANGUAGE_ENDING: Final = re.compile(r"(.+)\.([a-z]{2,3}(?:-[a-zA-Z]{2,4})?)")
#: What Hugo leaves in a path, besides letters and digits.
_NOT_IN_PATHS: Final = re.compile(r"[^\w.\-/+~]")


class Hugo(Generator):
    """A Hugo site, or its folder of content."""

    title: ClassVar[str] = "Hugo"
    aliases_stand_beside: ClassVar[bool] = True
    settings_files: ClassVar[tuple[str, ...]] = tuple(
        f"{within}{name}.{notation}"
        for within in ("", f"{_SETTINGS_FOLDER}/")
        for name in ("hugo", "config")
        for notation in ("toml", "yaml", "yml", "json")
    )
    left_out_folders: ClassVar[frozenset[str]] = frozenset(
        {"node_modules", "themes", "archetypes", "layouts", "resources", "exampleSite"}
    )

    @classmethod
    def is_at_home(cls, folder: Folder) -> bool:
        """Settings in one file or in a folder of them."""
        return super().is_at_home(folder) or folder.has_folder(_SETTINGS_FOLDER)

    def _read_settings(self) -> dict[str, Value]:
        values = dict(super()._read_settings())
        for part in _PARTS:
            for notation in DATA_NOTATIONS:
                path = f"{_SETTINGS_FOLDER}/{part}.{notation}"
                if self.folder.holds(path):
                    values[part] = self.data(path)
        return values

    @cached_property
    def content_folders(self) -> dict[str, str]:
        """The folders of content, each with the language of what is in it; '' where the file's name says it."""
        whole = self.settings.text("contentDir").strip("./") or "content"
        found = {}
        for code, language in self.languages.items():
            within = language.text("contentDir").strip("./")
            if within and within != whole:
                found[within] = code
        found[whole if self.folder.has_folder(whole) else ""] = ""
        return found

    @cached_property
    def languages(self) -> dict[str, Fields]:
        """The languages of the site and their settings."""
        value = self.settings.value("languages")
        if not isinstance(value, dict):
            return {}
        return {
            code.lower(): Fields(inner if isinstance(inner, dict) else {}) for code, inner in value.items()
        }

    @cached_property
    def default_language(self) -> str | None:
        """The language of files that name none."""
        return self.settings.text("defaultContentLanguage", "languageCode") or None

    @property
    def main_language(self) -> str:
        """The language whose addresses have no prefix."""
        return (self.settings.text("defaultContentLanguage") or "en").lower()

    def reads_html(self, path: str) -> bool:
        """HTML below the folder of content is a text."""
        return any(within and path.startswith(f"{within}/") for within in self.content_folders)

    def defaults(self, path: str) -> dict[str, Value]:
        """What the settings and the sections on the way to a file pass down to it (`cascade`); the nearest counts."""
        located = self._located(path)
        inner = without_ending(located[0] if located else path)
        parts = path.split("/")[:-1]
        merged = _passed_down(self.settings.value("cascade"), inner)
        for depth in range(len(parts) + 1):
            merged |= _passed_down(self._cascade("/".join(parts[:depth])), inner)
        return merged

    def _cascade(self, folder: str) -> Value:
        if folder not in self._kept_cascades:
            within = f"{folder}/" if folder else ""
            names = (f"{within}_index.md", f"{within}_index.{self.main_language}.md")
            found = next((name for name in names if self.folder.holds(name)), None)
            self._kept_cascades[folder] = self._front_matter(found).value("cascade") if found else None
        return self._kept_cascades[folder]

    def _front_matter(self, path: str) -> Fields:
        try:
            return Fields(front_matter.split(decode(self.folder.read(path)).text).values)
        except Unreadable:
            # The report names it when it comes to the file itself.
            return Fields({})

    @cached_property
    def _kept_cascades(self) -> dict[str, Value]:
        return {}

    def place(self, path: str, document: Document, fields: Fields) -> Place | LeftOut:
        """Texts in a section with dates are posts; single ones at the top and sections with a text are pages."""
        located = self._located(path)
        if located is None:
            return LeftOut(path, "It lies outside of the folder of content.")
        inner, language = located
        *folders, name = inner.split("/")
        stem, named = self._language_of(path, without_ending(name), language)
        refusal = self._refusal(path, stem, folders, document, fields)
        if refusal:
            return LeftOut(path, refusal)
        is_section = stem == "_index"
        if stem in {"index", "_index"}:
            stem, folders = (folders[-1], folders[:-1]) if folders else ("home", [])
        dated = DATED_NAME.fullmatch(stem)
        kind = Kind.PAGE if is_section or not self._is_post(folders, dated, fields) else Kind.POST
        return Place(
            kind,
            stem,
            date=dated[1] if dated else "",
            folders=tuple(folders),
            language=named,
            is_index=is_section,
        )

    def _located(self, path: str) -> tuple[str, str] | None:
        for within, language in self.content_folders.items():
            if not within:
                return path, language
            if path.startswith(f"{within}/"):
                return path[len(within) + 1 :], language
        return None

    def _language_of(self, path: str, stem: str, language: str) -> tuple[str, str | None]:
        match = _LANGUAGE_ENDING.fullmatch(stem)
        if match and (match[2].lower() in self.languages or self._has_sibling(path, match[1])):
            return match[1], match[2]
        return stem, language or None

    def _has_sibling(self, path: str, stem: str) -> bool:
        """Whether `name.md` stands beside `name.fr.md`."""
        within, slash, name = path.rpartition("/")
        return self.folder.holds(f"{within}{slash}{stem}.{name.rpartition('.')[2]}")

    def _refusal(self, path: str, stem: str, folders: list[str], document: Document, fields: Fields) -> str:
        if not document.values and is_about_the_folder(path):
            return "It is a note about the folder."
        if fields.flag("headless") or fields.text("build.render", "_build.render").lower() in {
            "never",
            "false",
        }:
            return "The site did not show it by itself."
        if stem == "_index" and not has_words(document.body):
            return "It only sets up a section and says nothing itself."
        inside = stem if folders and stem not in {"index", "_index"} else ""
        bundle = self._bundle(path) if inside else None
        return f"It is a part of the text in {bundle}." if bundle else ""

    def _bundle(self, path: str) -> str | None:
        """The leaf bundle that a file is a resource of."""
        parts = path.split("/")[:-1]
        for depth in range(len(parts), 0, -1):
            folder = "/".join(parts[:depth])
            if folder not in self._kept_bundles:
                names = ("index.md", f"index.{self.main_language}.md")
                self._kept_bundles[folder] = next(
                    (f"{folder}/{name}" for name in names if self.folder.holds(f"{folder}/{name}")), None
                )
            if self._kept_bundles[folder]:
                return self._kept_bundles[folder]
        return None

    @cached_property
    def _kept_bundles(self) -> dict[str, str | None]:
        return {}

    def _is_post(self, folders: list[str], dated: re.Match[str] | None, fields: Fields) -> bool:
        if folders and folders[0].lower() in POST_FOLDERS:
            return True
        has_date = dated is not None or fields.value("date", "publishDate") is not None
        # At the top stand "about" and "contact", which Hugo's archetype dates as well.
        return has_date and (bool(folders) or "" in self.content_folders)

    def addresses(self, place: Place, path: str, fields: Fields, at: datetime | None) -> Iterable[str]:
        """`url`, or the permalink pattern of the section, or the path with `slug` in it."""
        prefix = self._prefix(place)
        ending = ".html" if self.settings.flag("uglyURLs") and not place.is_index else "/"
        tokens = self._tokens(place, fields, at)
        url = fields.text("url")
        if url:
            found = permalinks.expanded(permalinks.path_of(url), tokens)
            yield found or ""
            yield prefix + found if found and prefix else ""
            return
        pattern = self._pattern(place)
        if pattern:
            found = permalinks.expanded(pattern, tokens)
            yield prefix + self._urlized(found) if found else ""
        yield self._by_path(place, prefix, fields.text("slug") or place.stem, ending)
        dated = DATED_NAME.fullmatch(place.stem)
        if dated and not fields.text("slug"):
            # With `:filename` among the sources of dates, Hugo takes the date out of the address.
            yield self._by_path(place, prefix, dated[2], ending)

    def _by_path(self, place: Place, prefix: str, name: str, ending: str) -> str:
        return prefix + self._urlized(permalinks.rooted("/".join([*place.folders, name]))) + ending

    def _prefix(self, place: Place) -> str:
        language = (place.language or self.main_language).lower()
        in_folder = self.settings.flag("defaultContentLanguageInSubdir")
        return f"/{language}" if language != self.main_language or in_folder else ""

    def _urlized(self, path: str) -> str:
        urlized = _NOT_IN_PATHS.sub("", path.replace(" ", "-"))
        return urlized if self.settings.flag("disablePathToLower") else urlized.lower()

    def _pattern(self, place: Place) -> str:
        section = place.folders[0] if place.folders else "/"
        return (
            self.settings.text(f"permalinks.page.{section}", f"permalinks.{section}")
            if not place.is_index
            else ""
        )

    def _tokens(self, place: Place, fields: Fields, at: datetime | None) -> dict[str, str]:
        tokens = permalinks.date_tokens(at) if at else {}
        title = slugify(fields.text("title") or place.stem)
        slug = fields.text("slug")
        return tokens | {
            "section": place.folders[0] if place.folders else "",
            "sections": "/".join(place.folders),
            "title": title,
            "slug": slug or title,
            "filename": place.stem,
            "slugorfilename": slug or place.stem,
            "contentbasename": place.stem,
            "slugorcontentbasename": slug or place.stem,
        }

    def _authors(self) -> Iterator[Author]:
        """Data files, and the pages of an `authors` taxonomy."""
        yield from super()._authors()
        for within in ("content/authors", "content/author"):
            for folder in self.folder.folders_in(within):
                for name in ("_index.md", "index.md"):
                    if self.folder.holds(f"{folder}/{name}"):
                        yield from self._author_file(f"{folder}/{name}", folder.rpartition("/")[2])


def _passed_down(cascade: Value, inner: str) -> dict[str, Value]:
    """The front matter in a `cascade` that is meant for the page at this path below the folder of content."""
    merged: dict[str, Value] = {}
    for entry in as_list(cascade):
        if isinstance(entry, dict) and _is_target(entry.get("target") or entry.get("_target"), inner):
            merged |= {name: value for name, value in entry.items() if name not in {"target", "_target"}}
    return merged


def _is_target(target: Value, inner: str) -> bool:
    if not isinstance(target, dict):
        return True
    fields = Fields(target)
    pattern = fields.text("path").lower().replace("**", "*")
    is_page = fields.text("kind") in {"", "page"}
    return is_page and (not pattern or fnmatchcase(f"/{inner.lower()}", pattern))
