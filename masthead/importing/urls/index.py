"""The index of one import: which item owns an old address, and its new address."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from masthead.importing.items import Item, PublicationStatus
from masthead.redirects.queries import normal_path
from masthead.text.slugs import slugify

_TAG_PAGES: Final = ("/tags/{}", "/tag/{}", "/categories/{}", "/category/{}")
_AUTHOR_PAGES: Final = ("/author/{}", "/authors/{}")


class Claimant(Protocol):
    """Something that had old addresses."""

    @property
    def source(self) -> str:
        """The name of the item in its source."""

    @property
    def old_paths(self) -> tuple[str, ...]:
        """The item's own address first, then the others."""


@dataclass(slots=True)
class AddressIndex:
    """Old and new addresses of all items, by the items' names in the source."""

    #: The new address of each item; filled when slugs are planned.
    urls: dict[str, str] = field(default_factory=dict)
    #: The new addresses, all and those of unpublished items; computed on first use.
    _new: frozenset[str] | None = None
    _new_unpublished: frozenset[str] | None = None
    #: The locator of each item, and the item of each new address; the second is computed on first use.
    _locators: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, str] | None = None
    _by_path: dict[str, str] = field(default_factory=dict)
    _by_folded_path: dict[str, str] = field(default_factory=dict)
    #: The old pages of imported tags and authors, which will redirect.
    _lists: set[str] = field(default_factory=set)
    _unpublished: set[str] = field(default_factory=set)

    def add(self, locator: str, item: Item) -> None:
        """Add an item. `claim` adds the addresses of all items later, in order of precedence."""
        self._locators[item.source] = locator
        if item.status is not PublicationStatus.PUBLISHED:
            self._unpublished.add(item.source)
        for tag in item.tags:
            self._lists.update(tag_pages(tag))
        for author in item.authors:
            self._lists.update(author_pages(author.key))

    def add_lists(self, paths: Iterable[str]) -> None:
        """Add old pages of a tag or an author."""
        self._lists.update(normal_path(path).removesuffix(".html") for path in paths)

    def claim(self, public: Iterable[Claimant], hidden: Iterable[Claimant]) -> None:
        """Give old addresses to items: own addresses before aliases, and public items before hidden ones."""
        for group in (list(public), list(hidden)):
            for item in group:
                self._claim(item, item.old_paths[:1])
            for item in group:
                self._claim(item, item.old_paths[1:])
        for path, source in self._by_path.items():
            self._by_folded_path.setdefault(path.casefold(), source)

    def _claim(self, item: Claimant, paths: Iterable[str]) -> None:
        for path in paths:
            self._by_path.setdefault(normal_path(path), item.source)

    def owner(self, old_path: str) -> str | None:
        """The item that owns an old address."""
        return self._by_path.get(normal_path(old_path))

    def is_new(self, path: str) -> bool:
        """Check if a path is the new address of an item, as translated template tags write it."""
        if self._new is None:
            self._new = frozenset(self.urls.values())
        return path in self._new

    def is_unpublished(self, url: str) -> bool:
        """Check if a new address belongs to an item that readers cannot see yet."""
        if self._new_unpublished is None:
            self._new_unpublished = frozenset(
                self.urls[source] for source in self._unpublished & self.urls.keys()
            )
        return url in self._new_unpublished

    def is_list(self, path: str) -> bool:
        """Check if a path is the old page of an imported tag or author."""
        return normal_path(path).removesuffix(".html") in self._lists

    def url_of_path(self, path: str) -> str | None:
        """The new address for an old path."""
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

    def locator_of(self, url: str) -> str | None:
        """The locator of the item with a new address."""
        if self._sources is None:
            self._sources = {url: source for source, url in self.urls.items()}
        return self._locators.get(self._sources.get(url, ""))


@lru_cache(maxsize=5_000)
def tag_pages(name: str, base: str = "") -> tuple[str, ...]:
    """The usual old pages of a tag, at the root of the host and below the site's base path."""
    slug = slugify(name)
    return tuple(dict.fromkeys(at + page.format(slug) for at in ("", base) for page in _TAG_PAGES))


@lru_cache(maxsize=5_000)
def author_pages(key: str, base: str = "") -> tuple[str, ...]:
    """The usual old pages of an author, as `tag_pages`; some sites keep the spelling of the key."""
    names = (key, slugify(key))
    pages = (at + page.format(name) for at in ("", base) for page in _AUTHOR_PAGES for name in names)
    return tuple(dict.fromkeys(pages))
