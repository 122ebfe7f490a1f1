"""Where each text of the folder will be: by its file, by its old addresses, and by the names that templates use."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from masthead.importing.items import Item, Standing
from masthead.importing.markdown.dialects.base import HTML, without_ending
from masthead.importing.markdown.dialects.old_site import MARKDOWN
from masthead.redirects.queries import normal_path
from masthead.text.slugs import slugify

_TAG_PAGES: Final = ("/tags/{}", "/tag/{}", "/categories/{}", "/category/{}")
_AUTHOR_PAGES: Final = ("/author/{}", "/authors/{}")
_ENDINGS: Final = tuple(MARKDOWN | HTML)


@dataclass(slots=True)
class Addresses:
    """The index of one import: source names lead to new addresses."""

    #: By source; to be filled when the addresses are decided.
    urls: dict[str, str] = field(default_factory=dict)
    #: The addresses among them, all and those of what readers cannot see yet; made when a link is first asked about.
    _new: frozenset[str] | None = None
    _new_unpublished: frozenset[str] | None = None
    #: The file of each source, and the source of each new address; the second is made when it is first asked for.
    _files: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, str] | None = None
    _by_path: dict[str, str] = field(default_factory=dict)
    _by_folded_path: dict[str, str] = field(default_factory=dict)
    _by_file: dict[str, str] = field(default_factory=dict)
    _by_folded_file: dict[str, str] | None = None
    _by_name: dict[str, str] = field(default_factory=dict)
    #: Pages of tags and authors, which answer at their old addresses as well.
    _lists: set[str] = field(default_factory=set)
    #: Folders with texts, from the top of the folder and from below the folder of content.
    _sections: set[str] = field(default_factory=set)
    #: Sources of what readers cannot see yet.
    _unpublished: set[str] = field(default_factory=set)

    def place(self, path: str, item: Item) -> None:
        """Add an item under its file; its addresses come later, since some count more than others."""
        file = without_ending(path)
        self._by_file[path] = item.source
        self._by_file.setdefault(file, item.source)
        for name in ("index", "_index"):
            if file == name or file.endswith(f"/{name}"):
                self._by_file.setdefault(file.removesuffix(name).rstrip("/"), item.source)
        parts = path.split("/")[:-1]
        for start in (0, 1):
            self._sections.update("/".join(parts[start:end]) for end in range(start + 1, len(parts) + 1))
        # A bundle or a section is called like its folder.
        name = file.removesuffix("/index").removesuffix("/_index").rpartition("/")[2]
        self._by_name.setdefault(name, item.source)
        self._files[item.source] = path
        if item.standing is not Standing.PUBLISHED:
            self._unpublished.add(item.source)
        for tag in item.tags:
            self._lists.update(tag_pages(tag))
        for author in item.authors:
            self._lists.update(author_pages(author.key))

    def add_lists(self, paths: Iterable[str]) -> None:
        """Add pages of a tag or an author that a file names."""
        self._lists.update(normal_path(path).removesuffix(".html") for path in paths)

    def own(self, item: Item) -> None:
        """Add the item's own old address, where nobody else owns it."""
        for old_path in item.old_paths[:1]:
            self._by_path.setdefault(normal_path(old_path), item.source)

    def alias(self, item: Item) -> None:
        """Add the item's other old addresses, where nobody else owns them."""
        for old_path in item.old_paths[1:]:
            self._by_path.setdefault(normal_path(old_path), item.source)

    def fold(self) -> None:
        """Make old addresses findable in other capitals; to be called once, when all are there."""
        for path, source in self._by_path.items():
            self._by_folded_path.setdefault(path.casefold(), source)

    def owner(self, old_path: str) -> str | None:
        """The source that an old address belongs to."""
        return self._by_path.get(normal_path(old_path))

    def is_new(self, path: str) -> bool:
        """Whether a path is the new address of a text already, as a template tag has put it there."""
        if self._new is None:
            self._new = frozenset(self.urls.values())
        return path in self._new

    def is_unpublished(self, url: str) -> bool:
        """Whether a new address is that of a text that readers cannot see yet."""
        if self._new_unpublished is None:
            self._new_unpublished = frozenset(
                self.urls[source] for source in self._unpublished & self.urls.keys()
            )
        return url in self._new_unpublished

    def is_list(self, path: str) -> bool:
        """Whether a path is the page of a tag or an author that is imported."""
        return normal_path(path).removesuffix(".html") in self._lists

    def of_path(self, path: str) -> str | None:
        """The new address of what stood at an old path."""
        wanted = normal_path(path)
        for candidate in (
            wanted,
            wanted.removesuffix(".html"),
            f"{wanted}.html",
            wanted.removesuffix(".htm"),
        ):
            source = self._by_path.get(candidate) or self._by_folded_path.get(candidate.casefold())
            if source is not None:
                return self.urls.get(source)
        return None

    def of_file(self, name: str, *, beside: str = "", roots: Iterable[str] = ("",)) -> str | None:
        """The new address of a file that is named relative to another, to the folder, or to one of these roots."""
        name = unquote(name).strip()
        if not name:
            return None
        near = posixpath.normpath(posixpath.join(posixpath.dirname(beside), name.lstrip("/")))
        candidates = [] if name.startswith("/") else [near]
        candidates += [posixpath.normpath(posixpath.join(root, name.lstrip("/"))) for root in roots]
        for candidate in candidates:
            for spelled in (candidate, _bare(candidate)):
                source = self._by_file.get(spelled)
                if source is not None:
                    return self.urls.get(source)
        # Hugo finds a file however its name is written, and so do some computers.
        if self._by_folded_file is None:
            self._by_folded_file = {file.casefold(): source for file, source in self._by_file.items()}
        folded = (self._by_folded_file.get(candidate.casefold()) for candidate in candidates)
        return next((self.urls.get(source) for source in folded if source is not None), None)

    def is_section(self, name: str) -> bool:
        """Whether a folder that holds texts is meant, by itself or by the text that would describe it."""
        folder = re.sub(r"/?_index(?:\.\w+)*$", "", unquote(name).strip()).strip("/")
        return bool(folder) and folder in self._sections

    def of_name(self, name: str) -> str | None:
        """The new address of a text by its file's name alone (`{% post_url %}`, `ref`)."""
        file = re.sub(r"/_?index$", "", _bare(name.strip("/")))
        source = self._by_name.get(file.rpartition("/")[2])
        return self.urls.get(source) if source is not None else None

    def file_at(self, url: str) -> str | None:
        """The file whose text has a new address."""
        if self._sources is None:
            self._sources = {url: source for source, url in self.urls.items()}
        return self._files.get(self._sources.get(url, ""))


@lru_cache(maxsize=5_000)
def tag_pages(name: str, base: str = "") -> tuple[str, ...]:
    """Where site generators list the texts of a tag, from the root of the host and below the site's base path."""
    slug = slugify(name)
    return tuple(dict.fromkeys(at + page.format(slug) for at in ("", base) for page in _TAG_PAGES))


@lru_cache(maxsize=5_000)
def author_pages(key: str, base: str = "") -> tuple[str, ...]:
    """Where site generators list the texts of an author, likewise; some keep the spelling of the key."""
    names = (key, slugify(key))
    pages = (at + page.format(name) for at in ("", base) for page in _AUTHOR_PAGES for name in names)
    return tuple(dict.fromkeys(pages))


def _bare(path: str) -> str:
    for ending in _ENDINGS:
        if path.endswith(ending):
            return path[: -len(ending)]
    return path
