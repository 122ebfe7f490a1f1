"""Hugo (https://gohugo.io/content-management/): sections, bundles, languages, permalinks, aliases."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.items import ItemKind, SkippedItem
from masthead.importing.markdown.dialect import DATED_NAME, PathInfo, is_repository_file, without_extension
from masthead.importing.markdown.dialects import hugo_addresses
from masthead.importing.markdown.dialects.conventions import POST_FOLDERS, has_text
from masthead.importing.markdown.dialects.hugo_addresses import PermalinkContext
from masthead.importing.markdown.dialects.hugo_site import HugoSite
from masthead.importing.reading.fields import FrontMatterFields, as_list, as_text
from masthead.importing.reading.front_matter import SourceDocument
from masthead.importing.urls import heading_ids, permalinks, slug_rules

#: Taxonomies that every dialect reads as tags, and taxonomies of authors.
_OTHER_TAXONOMIES: Final = frozenset(
    {"tags", "categories", "topics", "series", "authors", "author", "contributors", "writers"}
)
_LANGUAGE_ENDING: Final = re.compile(r"(.+)\.([a-z]{2,3}(?:-[a-zA-Z]{2,4})?)")


class Hugo(HugoSite):
    """A Hugo site, or its folder of content."""

    title: ClassVar[str] = "Hugo"
    aliases_are_relative: ClassVar[bool] = True
    templates_use_front_matter: ClassVar[bool] = True
    dates_keep_zone: ClassVar[bool] = True

    @property
    def address_rule(self) -> str:
        """The rule: permalink patterns of sections, or the path."""
        written = self.settings.value("permalinks")
        return f"Hugo's permalinks {as_text(written)}" if written else "the paths of the files, as Hugo does"

    def tag_pages(self, name: str) -> tuple[str, ...]:
        """The paths of a term in all taxonomies."""
        slug = self._cleaned("/" + slug_rules.hugo_file(name), False)
        return tuple(f"/{taxonomy}{slug}" for taxonomy in self.taxonomies)

    def topic_folders(self) -> Iterator[str]:
        """The usual folders, and those of the site's own taxonomies."""
        yield from super().topic_folders()
        for root in self.content_roots():
            own = (name for name in self.taxonomies if name.lower() not in _OTHER_TAXONOMIES)
            yield from (f"{root}/{name}".lstrip("/") for name in own)

    def topic_slug(self, name: str) -> str:
        """The name of a term's folder."""
        return slug_rules.hugo_lowered(slug_rules.hugo_file(name))

    @cached_property
    def taxonomies(self) -> tuple[str, ...]:
        """The plural names of the site's taxonomies."""
        written = self.settings.value("taxonomies")
        names = [as_text(plural) for plural in written.values()] if isinstance(written, dict) else []
        return tuple(names) or ("tags", "categories")

    def tags(self, fields: FrontMatterFields) -> Iterator[str]:
        """The terms of all taxonomies except those of authors."""
        yield from super().tags(fields)
        for name in self.taxonomies:
            if name.lower() not in _OTHER_TAXONOMIES:
                yield from self._names(fields.value(name))

    @cached_property
    def heading_rule(self) -> heading_ids.HeadingIdRule | None:
        """One of Goldmark's three rules."""
        within = "markup.goldmark.parser"
        if self.settings.text(f"{within}.autoHeadingID") == "false":
            return None
        kind = self.settings.text(f"{within}.autoIDType", f"{within}.autoHeadingIDType").lower() or "github"
        return heading_ids.HUGO.get(kind)

    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """Dated texts in a section are posts; texts at the top and index texts of sections are pages."""
        located = self._located(path)
        if located is None:
            return SkippedItem(path, "It is outside of the content folder.")
        inner, language = located
        *folders, name = inner.split("/")
        stem, named = self._language_of(path, without_extension(name), language)
        key = "/".join([*folders, stem]) if named or len(self.languages) > 1 else ""
        refusal = self._refusal(path, stem, folders, document, fields)
        if refusal:
            return SkippedItem(path, refusal)
        is_section = stem == "_index"
        if stem in {"index", "_index"}:
            stem, folders = (folders[-1], folders[:-1]) if folders else ("home", [])
        dated = DATED_NAME.fullmatch(stem)
        kind = ItemKind.PAGE if is_section or not self._is_post(folders, dated, fields) else ItemKind.POST
        return PathInfo(
            kind,
            stem,
            date=dated[1] if dated else "",
            folders=tuple(folders),
            language=named,
            translation_key=key,
            is_index=is_section,
            file_name_date_wins=self._dates_by_name(fields),
        )

    def _dates_by_name(self, fields: FrontMatterFields) -> bool:
        """Check if the settings take the publication date from the file's name."""
        sources = [as_text(source) for source in as_list(self.settings.value("frontmatter.date"))]
        if ":filename" not in sources:
            return False
        return sources[0] == ":filename" or fields.value("date", "publishDate") is None

    def _language_of(self, path: str, stem: str, language: str) -> tuple[str, str | None]:
        match = _LANGUAGE_ENDING.fullmatch(stem)
        if match and (match[2].lower() in self.languages or self._has_sibling(path, match[1])):
            return match[1], match[2]
        return stem, language or None

    def _has_sibling(self, path: str, stem: str) -> bool:
        """Check if there is a `name.md` beside `name.fr.md`."""
        within, slash, name = path.rpartition("/")
        return self.folder.has_file(f"{within}{slash}{stem}.{name.rpartition('.')[2]}")

    def _refusal(
        self, path: str, stem: str, folders: list[str], document: SourceDocument, fields: FrontMatterFields
    ) -> str:
        if not document.values and is_repository_file(path):
            return "It is a note about the folder."
        if fields.flag("headless") or fields.text("build.render", "_build.render").lower() in {
            "never",
            "false",
        }:
            return "The site did not publish it as a page."
        if stem == "_index" and not has_text(document.body):
            return "It only configures a section and has no text of its own."
        inside = stem if folders and stem not in {"index", "_index"} else ""
        bundle = self._bundle(path) if inside else None
        return f"It is a part of the text in {bundle}." if bundle else ""

    def _bundle(self, path: str) -> str | None:
        """The index file of the leaf bundle that a file belongs to; None if there is none."""
        parts = path.split("/")[:-1]
        for depth in range(len(parts), 0, -1):
            folder = "/".join(parts[:depth])
            if folder not in self._bundle_cache:
                names = ("index.md", f"index.{self.main_language}.md")
                self._bundle_cache[folder] = next(
                    (f"{folder}/{name}" for name in names if self.folder.has_file(f"{folder}/{name}")), None
                )
            if self._bundle_cache[folder]:
                return self._bundle_cache[folder]
        return None

    @cached_property
    def _bundle_cache(self) -> dict[str, str | None]:
        return {}

    def _is_post(self, folders: list[str], dated: re.Match[str] | None, fields: FrontMatterFields) -> bool:
        if folders and folders[0].lower() in POST_FOLDERS:
            return True
        has_date = dated is not None or fields.value("date", "publishDate") is not None
        # Texts at the top, such as "about" and "contact", have dates too, because Hugo's archetype writes them.
        return has_date and (bool(folders) or "" in self.content_folders)

    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """`url`, or the permalink pattern of the section, or the path with `slug` in it."""
        prefix = self._prefix(info)
        position = self._position(info, path, fields, at)
        url = fields.text("url")
        if url:
            found = hugo_addresses.expand(permalinks.path_of(url), position)
            yield found or ""
            yield prefix + found if found and prefix else ""
            return
        section = info.stem if info.is_index and not info.folders else (*info.folders, "")[0]
        inner = "/" + "/".join([*info.folders, info.stem])
        pattern = hugo_addresses.pattern_for(self.settings, section, inner, is_section=info.is_index)
        if pattern:
            found = hugo_addresses.expand(pattern, position)
            yield prefix + self._cleaned(found, self._is_ugly(info)) if found else ""
        yield self._by_path(info, prefix, position.slug)
        if not fields.text("slug") and (dated := DATED_NAME.fullmatch(info.stem)):
            # If `:filename` is a source of dates, Hugo removes the date from the address.
            yield self._by_path(info, prefix, dated[2])

    def _position(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> PermalinkContext:
        slug = fields.text("slug")
        dated = DATED_NAME.fullmatch(info.stem)
        if dated and not slug and info.file_name_date_wins:
            # Hugo removes what follows the last dot of the name again.
            slug = without_extension(dated[2])
        # A top folder is always a section; a folder below it only if it has an index text.
        above = path.split("/")[:-1]
        if path.rpartition("/")[2].startswith(("index.", "_index.")):
            above = above[:-1]
        depth = len(info.folders)
        while depth > 1 and not self._is_section("/".join(above[: len(above) - len(info.folders) + depth])):
            depth -= 1
        return PermalinkContext(
            info.folders,
            depth,
            info.stem,
            fields.text("title"),
            slug,
            at,
            self._section_slugs(above, info),
        )

    def _is_section(self, folder: str) -> bool:
        return self._section_text(folder) is not None

    def _section_text(self, folder: str) -> str | None:
        names = (f"{folder}/_index.{ending}" for ending in ("md", f"{self.main_language}.md", "html"))
        return next((name for name in names if self.folder.has_file(name)), None)

    def _section_slugs(self, above: list[str], info: PathInfo) -> tuple[str, ...]:
        found = []
        for depth in range(1, len(info.folders) + 1):
            folder = "/".join(above[: len(above) - len(info.folders) + depth])
            name = self._section_text(folder)
            if name:
                fields = self._front_matter(name)
                found.append(slug_rules.hugo_token(fields.text("slug", "title"), is_title=True))
            elif depth == 1:
                found.append(slug_rules.hugo_file(info.folders[0]))
        return tuple(found)

    def _by_path(self, info: PathInfo, prefix: str, slug: str) -> str:
        name = slug.strip("-") or slug_rules.hugo_file(info.stem)
        path = "/".join([*map(slug_rules.hugo_file, info.folders), slug_rules.hugo(name)])
        return prefix + self._cleaned(permalinks.with_leading_slash(path), self._is_ugly(info))

    def _is_ugly(self, info: PathInfo) -> bool:
        return self.settings.flag("uglyURLs") is True and not info.is_index

    def _prefix(self, info: PathInfo) -> str:
        language = (info.language or self.main_language).lower()
        in_folder = self.settings.flag("defaultContentLanguageInSubdir")
        return f"/{language}" if language != self.main_language or in_folder else ""

    def _cleaned(self, path: str, is_ugly: bool) -> str:
        cleaned = slug_rules.hugo(path).rstrip("/") + (".html" if is_ugly else "/")
        if self.settings.flag("removePathAccents"):
            cleaned = slug_rules.without_accents(cleaned)
        return cleaned if self.settings.flag("disablePathToLower") else slug_rules.hugo_lowered(cleaned)
