"""Settings, languages, mounts and cascades of a Hugo site."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.errors import Unreadable
from masthead.importing.markdown.dialect import without_extension
from masthead.importing.markdown.dialects.generator import Generator
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.markdown.site_settings import DATA_EXTENSIONS
from masthead.importing.reading import front_matter
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import FrontMatterFields, Value, as_list

_SETTINGS_FOLDER: Final = "config/_default"
_PARTS: Final = ("permalinks", "languages", "taxonomies", "params", "module", "frontmatter", "markup")


@dataclass(frozen=True, slots=True)
class ContentRoot:
    """A content folder."""

    #: The path at which the folder is mounted in the content; '' for the root.
    within: str = ""
    #: The language of its texts; '' if the file's name has it.
    language: str = ""


class HugoSite(Generator):
    """The settings that apply to all texts of a Hugo site."""

    settings_files: ClassVar[tuple[str, ...]] = tuple(
        f"{within}{name}.{notation}"
        for within in ("", f"{_SETTINGS_FOLDER}/")
        for name in ("hugo", "config")
        for notation in ("toml", "yaml", "yml", "json")
    )
    skipped_folders: ClassVar[frozenset[str]] = frozenset(
        {"node_modules", "themes", "archetypes", "layouts", "resources", "exampleSite"}
    )

    @classmethod
    def matches_folder(cls, folder: SourceFolder) -> bool:
        """Check for a settings file or a folder of settings files."""
        return super().matches_folder(folder) or folder.has_folder(_SETTINGS_FOLDER)

    def _read_settings(self) -> dict[str, Value]:
        values = dict(super()._read_settings())
        for part in _PARTS:
            for notation in DATA_EXTENSIONS:
                path = f"{_SETTINGS_FOLDER}/{part}.{notation}"
                if self.folder.has_file(path):
                    values[part] = self.data(path)
        return values

    def unsupported_settings(self) -> Iterator[str]:
        """Modules, other Markdown parsers, and settings that change addresses."""
        for imported in as_list(self.settings.value("module.imports")):
            fields = FrontMatterFields(imported if isinstance(imported, dict) else {})
            yield f"module.imports: {fields.text('path')} (content of modules is not in the folder)"
        handler = self.settings.text("markup.defaultMarkdownHandler")
        if handler not in {"", "goldmark"}:
            yield f"markup.defaultMarkdownHandler: {handler} (texts are read as Goldmark reads them)"
        for name in ("permalinks.taxonomy", "permalinks.term", "outputFormats", "ignoreFiles", "segments"):
            if self.settings.value(name) is not None:
                yield f"{name} (addresses or texts may differ)"
        for within in ("config/production", "config/staging"):
            if self.folder.has_folder(within):
                yield f"the folder {within} (only config/_default is read)"

    @cached_property
    def content_folders(self) -> dict[str, ContentRoot]:
        """The content folders by path."""
        whole = self.settings.text("contentDir").strip("./") or "content"
        found = {}
        for code, language in self.languages.items():
            within = language.text("contentDir").strip("./")
            if within and within != whole:
                found[within] = ContentRoot(language=code)
        mounts = dict(self._mounts())
        if mounts:
            return found | mounts
        found[whole if self.folder.has_folder(whole) else ""] = ContentRoot()
        return found

    def _mounts(self) -> Iterator[tuple[str, ContentRoot]]:
        """The folders that `module.mounts` mounts into the content; they replace the default folder `content`."""
        for entry in as_list(self.settings.value("module.mounts")):
            fields = FrontMatterFields(entry if isinstance(entry, dict) else {})
            target = fields.text("target").strip("/")
            if target == "content" or target.startswith("content/"):
                within = f"{target[8:]}/" if target[8:] else ""
                source = posixpath.normpath(fields.text("source") or ".").strip("./")
                yield source, ContentRoot(within, fields.text("lang", "sites.matrix.languages").lower())

    @cached_property
    def languages(self) -> dict[str, FrontMatterFields]:
        """The settings of each language."""
        value = self.settings.value("languages")
        if not isinstance(value, dict):
            return {}
        return {
            code.lower(): FrontMatterFields(inner if isinstance(inner, dict) else {})
            for code, inner in value.items()
        }

    @cached_property
    def default_language(self) -> str | None:
        """The language of texts that name none."""
        return self.settings.text("defaultContentLanguage", "languageCode") or None

    @property
    def main_language(self) -> str:
        """The language whose addresses have no language prefix."""
        return (self.settings.text("defaultContentLanguage") or "en").lower()

    def reads_html(self, path: str) -> bool:
        """HTML files in a content folder are texts."""
        return any(within and path.startswith(f"{within}/") for within in self.content_folders)

    def defaults(self, path: str) -> dict[str, Value]:
        """The front matter that the `cascade` of the settings and of parent sections gives to a file; the nearest wins."""
        located = self._located(path)
        inner = without_extension(located[0] if located else path)
        parts = path.split("/")[:-1]
        merged = _cascaded(self.settings.value("cascade"), inner)
        for depth in range(len(parts) + 1):
            merged |= _cascaded(self._cascade("/".join(parts[:depth])), inner)
        return merged

    def _cascade(self, folder: str) -> Value:
        if folder not in self._cascade_cache:
            within = f"{folder}/" if folder else ""
            names = (f"{within}_index.md", f"{within}_index.{self.main_language}.md")
            found = next((name for name in names if self.folder.has_file(name)), None)
            self._cascade_cache[folder] = self._front_matter(found).value("cascade") if found else None
        return self._cascade_cache[folder]

    def _front_matter(self, path: str) -> FrontMatterFields:
        try:
            return FrontMatterFields(front_matter.split(decode(self.folder.read(path)).text).values)
        except Unreadable:
            # The scan reports the file.
            return FrontMatterFields({})

    @cached_property
    def _cascade_cache(self) -> dict[str, Value]:
        return {}

    def _located(self, path: str) -> tuple[str, str] | None:
        """The path in the content and the language of a file; None if it is in no content folder."""
        for within, root in sorted(self.content_folders.items(), key=lambda pair: -len(pair[0])):
            if not within:
                return root.within + path, root.language
            if path.startswith(f"{within}/"):
                return root.within + path[len(within) + 1 :], root.language
        return None

    def content_roots(self) -> tuple[str, ...]:
        """The content folders."""
        return tuple(dict.fromkeys((*self.content_folders, "content")))


def _cascaded(cascade: Value, inner: str) -> dict[str, Value]:
    """The front matter of a `cascade` for the page at this path in the content."""
    merged: dict[str, Value] = {}
    for entry in as_list(cascade):
        if isinstance(entry, dict) and _is_target(entry.get("target") or entry.get("_target"), inner):
            merged |= {name: value for name, value in entry.items() if name not in {"target", "_target"}}
    return merged


def _is_target(target: Value, inner: str) -> bool:
    if not isinstance(target, dict):
        return True
    fields = FrontMatterFields(target)
    pattern = fields.text("path").lower().replace("**", "*")
    is_page = fields.text("kind") in {"", "page"}
    return is_page and (not pattern or fnmatchcase(f"/{inner.lower()}", pattern))
