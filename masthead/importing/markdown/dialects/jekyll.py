"""Jekyll (https://jekyllrb.com/docs/): `_posts`, `_drafts`, collections, pages, defaults and permalink patterns.

A folder of dated files without settings, such as `_posts` itself, is read in the same way.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import ClassVar, Final

from masthead.importing.items import ItemKind, SkippedItem
from masthead.importing.markdown import authors, site_settings
from masthead.importing.markdown.dialect import DATED_NAME, PathInfo, is_repository_file, without_extension
from masthead.importing.markdown.dialects import jekyll_data
from masthead.importing.markdown.dialects.conventions import dated_addresses, has_text
from masthead.importing.markdown.dialects.generator import Generator
from masthead.importing.markdown.dialects.jekyll_permalinks import (
    STYLES,
    TOKENS,
    as_served,
    page_style,
    with_century,
)
from masthead.importing.markdown.folder import SourceFolder
from masthead.importing.reading.fields import FrontMatterFields, Value, as_list, as_text
from masthead.importing.reading.front_matter import Notation, SourceDocument
from masthead.importing.urls import heading_ids, permalinks, slug_rules

#: Jekyll accepts years of two digits, too.
_DATED: Final = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{2}-\d{1,2}-\d{1,2})-(.+)", re.DOTALL)
_ADDRESS_PLUGINS: Final = frozenset(
    {"jekyll-polyglot", "jekyll-multiple-languages-plugin", "jekyll-datapage-generator"}
)
_THEME_FOLDERS: Final = frozenset(
    {"_layouts", "_includes", "_sass", "_data", "_site", "_plugins", "_authors", "_assets"}
)


class Jekyll(Generator):
    """A Jekyll site, or a folder of posts from one."""

    title: ClassVar[str] = "Jekyll"
    settings_files: ClassVar[tuple[str, ...]] = ("_config.yml", "_config.yaml", "_config.toml")
    tags_split_at_spaces: ClassVar[bool] = True
    templates_use_front_matter: ClassVar[bool] = True

    @classmethod
    def matches_folder(cls, folder: SourceFolder) -> bool:
        """Check for settings or a folder of posts."""
        return super().matches_folder(folder) or folder.has_folder("_posts") or folder.has_folder("_drafts")

    @cached_property
    def is_bare(self) -> bool:
        """Check if this is only a folder of posts, without the site around it."""
        return not self.matches_folder(self.folder)

    @property
    def old_url(self) -> str:
        """The URL from `url` and `baseurl`."""
        if self.options.old_url:
            return self.options.old_url
        return self.settings.text("url").rstrip("/") + "/" + self.settings.text("baseurl").strip("/")

    @cached_property
    def collections(self) -> dict[str, FrontMatterFields]:
        """The settings of collections that have pages (`output: true`)."""
        value = self.settings.value("collections")
        if not isinstance(value, dict):
            return {}
        found = {
            name: FrontMatterFields(inner if isinstance(inner, dict) else {}) for name, inner in value.items()
        }
        return {name: fields for name, fields in found.items() if fields.flag("output")}

    def descends_into(self, path: str) -> bool:
        """Check that a folder is not part of the theme and not in `exclude`."""
        name = path.rpartition("/")[2]
        if name.startswith("_"):
            return name in {"_posts", "_drafts"} or (
                name not in _THEME_FOLDERS and (name[1:] in self.collections or self.is_bare)
            )
        excluded = [as_text(value).strip("/") for value in as_list(self.settings.value("exclude"))]
        return super().descends_into(path) and path not in excluded

    def reads_html(self, path: str) -> bool:
        """HTML files are texts among posts and drafts; elsewhere they belong to the theme."""
        return "_posts" in path.split("/") or "_drafts" in path.split("/")

    def path_info(
        self, path: str, document: SourceDocument, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        """Files in `_posts` are posts, files in `_drafts` drafts; others with front matter are pages."""
        *folders, name = path.split("/")
        special = next(
            (index for index, folder in enumerate(folders) if folder in {"_posts", "_drafts"}), None
        )
        stem = without_extension(name)
        if special is not None or (self.is_bare and DATED_NAME.fullmatch(stem)):
            return self._post(path, special, folders, stem, fields)
        if document.notation is Notation.NONE:
            return SkippedItem(path, "It has no front matter, so it was not a text of the site.")
        if self.is_bare and fields.value("date") is not None:
            return PathInfo(ItemKind.POST, stem, folders=tuple(folders), categories=tuple(folders))
        if is_repository_file(path) and not folders:
            return SkippedItem(path, "It is a note about the folder.")
        collection = folders[0][1:] if folders and folders[0].startswith("_") else ""
        kind = ItemKind.POST if collection and fields.value("date") is not None else ItemKind.PAGE
        return _page(
            path, kind, tuple(folders[1:] if collection else folders), stem, document, collection=collection
        )

    def _post(
        self, path: str, special: int | None, folders: list[str], stem: str, fields: FrontMatterFields
    ) -> PathInfo | SkippedItem:
        dated = DATED_NAME.fullmatch(stem) or (_DATED.fullmatch(stem) if special is not None else None)
        is_draft = special is not None and folders[special] == "_drafts"
        if not dated and not is_draft and fields.value("date") is None:
            return SkippedItem(path, "Its name has no date (YYYY-MM-DD-title), so Jekyll did not publish it.")
        # Folders above `_posts` are categories, folders below it are not. Without `_posts` all of them are taken.
        above = tuple(folders if special is None else folders[:special])
        return PathInfo(
            ItemKind.POST,
            dated[2] if dated else stem,
            date=with_century(dated[1]) if dated else "",
            is_draft=is_draft,
            folders=above,
            categories=above,
        )

    def defaults(self, path: str) -> dict[str, Value]:
        """The `defaults` of the settings; longer paths win over shorter ones, and later entries over earlier ones."""
        found: list[tuple[int, dict[str, Value]]] = []
        for entry in as_list(self.settings.value("defaults")):
            if not isinstance(entry, dict):
                continue
            scope, values = entry.get("scope"), entry.get("values")
            within = FrontMatterFields(scope if isinstance(scope, dict) else {})
            prefix = within.text("path").strip("/")
            if (
                isinstance(values, dict)
                and _covers(prefix, path)
                and within.text("type") in {"", self._type(path)}
            ):
                found.append((len(prefix), values))
        merged: dict[str, Value] = {}
        for _, values in sorted(found, key=lambda pair: pair[0]):
            merged.update(values)
        return merged

    @cached_property
    def template_site(self) -> dict[str, Value]:
        """The variable `site` of templates: settings and data."""
        return jekyll_data.template_data(self)

    def content_roots(self) -> tuple[str, ...]:
        """The top folder, which holds the pages."""
        return ("",)

    def topic_folders(self) -> Iterator[str]:
        """The usual folders, and collections with these names."""
        yield from super().topic_folders()
        yield from (f"_{name}" for name in site_settings.TOPIC_FOLDERS)

    def topic_slug(self, name: str) -> str:
        """The slug of a tag's page."""
        return slug_rules.jekyll(name)

    def tag_pages(self, name: str) -> tuple[str, ...]:
        """The pages that the plug-in `jekyll-archives` makes."""
        found = [self.settings.text(f"jekyll-archives.permalinks.{kind}") for kind in ("tag", "category")]
        slug = slug_rules.jekyll(name)
        return tuple(
            permalinks.with_leading_slash(pattern.replace(":name", slug)) for pattern in found if pattern
        )

    @property
    def address_rule(self) -> str:
        """The site's permalink pattern; texts and collections may have their own."""
        return f"Jekyll's permalink “{self.settings.text('permalink') or ('pretty' if self.is_bare else 'date')}”"

    def unsupported_settings(self) -> Iterator[str]:
        """Moved folders, plug-ins that change addresses, and unknown tokens in patterns."""
        for name in ("collections_dir", "source"):
            if self.settings.text(name) not in {"", "."}:
                yield f"{name}: {self.settings.text(name)} (texts are read from Jekyll's default folders)"
        for plugin in as_list(self.settings.value("plugins", "gems")):
            if as_text(plugin) in _ADDRESS_PLUGINS:
                yield f"plugins: {as_text(plugin)} (it changes the addresses of texts)"
        for where, pattern in self._own_patterns():
            unknown = permalinks.unknown_tokens(STYLES.get(pattern, pattern), TOKENS)
            if unknown:
                yield f"{where}: {pattern} (there is no token {', '.join(unknown)})"

    def _own_patterns(self) -> Iterator[tuple[str, str]]:
        yield "permalink", self.settings.text("permalink")
        for name, fields in self.collections.items():
            yield f"collections.{name}.permalink", fields.text("permalink")

    @cached_property
    def heading_rule(self) -> heading_ids.HeadingIdRule | None:
        """kramdown's rule: by default that of GitHub's Markdown."""
        options = self.settings
        if (
            options.text("markdown").lower() not in {"", "kramdown"}
            or options.text("kramdown.auto_ids") == "false"
        ):
            return None
        native = options.text("kramdown.input").lower() == "kramdown"
        rule = heading_ids.KRAMDOWN if native else heading_ids.JEKYLL
        return replace(rule, prefix=options.text("kramdown.auto_id_prefix"))

    def _type(self, path: str) -> str:
        parts = path.split("/")
        if "_drafts" in parts:
            return "drafts"
        if "_posts" in parts or self.is_bare:
            return "posts"
        return parts[0][1:] if parts[0].startswith("_") else "pages"

    def tags(self, fields: FrontMatterFields) -> Iterator[str]:
        """The tags and categories; `categories: a b` are two, `category: a b` is one."""
        yield from self._names(fields.value("tags"))
        for name in ("tag", "category"):
            value = fields.value(name)
            yield from [value] if isinstance(value, str) else authors.flat_names(value)
        yield from self._names(fields.value("categories"))

    def addresses(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> Iterable[str]:
        """The path by the permalink pattern of the text, its defaults, its collection or the site."""
        tokens = self._tokens(info, path, fields, at)
        own = fields.text("permalink")
        yield from as_served(permalinks.expand(own or self._styled(info), tokens) or "")
        if self.is_bare and info.kind is ItemKind.POST:
            # A bare folder does not tell which of the two usual styles the site had.
            yield permalinks.expand(STYLES["date"], tokens) or ""
            yield permalinks.expand("/:year/:month/:day/:title/", tokens) or ""
            yield from dated_addresses(info)

    def _styled(self, info: PathInfo) -> str:
        pattern = self._pattern(info)
        is_post = info.kind is ItemKind.POST and not info.collection
        return STYLES.get(pattern, pattern) if is_post else page_style(pattern, info)

    def _pattern(self, info: PathInfo) -> str:
        if info.collection:
            return (
                self.collections.get(info.collection, FrontMatterFields({})).text("permalink")
                or "/:collection/:path:output_ext"
            )
        return self.settings.text("permalink") or ("pretty" if self.is_bare else "date")

    def _categories(self, fields: FrontMatterFields) -> Iterator[str]:
        """The categories in the address: first `categories`, split at spaces, then `category`, which is one."""
        yield from self._names(fields.value("categories"))
        value = fields.value("category")
        yield from [value] if isinstance(value, str) else self._names(value)

    def _tokens(
        self, info: PathInfo, path: str, fields: FrontMatterFields, at: datetime | None
    ) -> dict[str, str]:
        own = [*info.categories, *self._categories(fields)]
        categories = list(dict.fromkeys(name.strip().lower() for name in own if name.strip()))
        written = fields.text("slug")
        bare = info.stem
        if info.collection and (dated := DATED_NAME.fullmatch(info.stem)):
            bare = dated[2]
        tokens = permalinks.date_tokens(at) if at else {}
        return tokens | {
            "categories": "/".join(categories),
            "slugified_categories": "/".join(dict.fromkeys(map(slug_rules.jekyll, categories))),
            "title": slug_rules.jekyll_title(written or bare),
            "slug": slug_rules.jekyll(written or bare),
            "name": slug_rules.jekyll(info.stem),
            "basename": info.stem,
            "path": "/".join([*info.folders, info.stem]),
            "collection": info.collection,
            "output_ext": ".html",
        }


def _page(
    path: str,
    kind: ItemKind,
    folders: tuple[str, ...],
    stem: str,
    document: SourceDocument,
    *,
    collection: str,
) -> PathInfo | SkippedItem:
    if stem == "index":
        if not has_text(document.body):
            return SkippedItem(path, "It is the theme's list of texts and has no text of its own.")
        return PathInfo(
            kind,
            folders[-1] if folders else "home",
            folders=folders[:-1],
            collection=collection,
            is_index=True,
        )
    return PathInfo(kind, stem, folders=folders, collection=collection)


def _covers(prefix: str, path: str) -> bool:
    """Check if the path of a scope in `defaults` matches a file."""
    if "*" in prefix:
        return fnmatchcase(path, prefix) or fnmatchcase(path, f"{prefix}/*")
    return not prefix or path == prefix or path.startswith(f"{prefix}/")
