"""The index of one import: which item owns an old address, and its new address. It lies in a temporary file."""

from collections.abc import Iterable, Iterator, MutableMapping
from functools import lru_cache
from typing import Final, Protocol

from masthead.importing.items import Item, PublicationStatus
from masthead.importing.temporary import TemporaryDatabase, text_of
from masthead.redirects.queries import normal_path
from masthead.text.slugs import slugify

_TAG_PAGES: Final = ("/tags/{}", "/tag/{}", "/categories/{}", "/category/{}")
_AUTHOR_PAGES: Final = ("/author/{}", "/authors/{}")
_SCHEMA: Final = """
CREATE TABLE item (
    id INTEGER PRIMARY KEY, source TEXT UNIQUE NOT NULL, locator TEXT, url TEXT, is_public INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX item_url ON item (url);
CREATE TABLE path (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, folded TEXT, source TEXT NOT NULL, precedence INTEGER NOT NULL
);
CREATE INDEX path_folded ON path (folded) WHERE folded IS NOT NULL;
"""


class Claimant(Protocol):
    """Something that had old addresses."""

    @property
    def source(self) -> str:
        """The name of the item."""

    @property
    def old_paths(self) -> tuple[str, ...]:
        """The item's own address first, then the others."""


class NewAddresses(MutableMapping[str, str]):
    """The new address of each item; '' for a redirect."""

    def __init__(self, database: TemporaryDatabase) -> None:
        self._database = database

    def __getitem__(self, source: str) -> str:
        url = self._database.one("SELECT url FROM item WHERE source = ?", source)
        if url is None:
            raise KeyError(source)
        return str(url)

    def __setitem__(self, source: str, url: str) -> None:
        statement = "INSERT INTO item (source, url) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET url = excluded.url"
        self._database.execute(statement, (source, url))

    def __delitem__(self, source: str) -> None:
        self[source]
        self._database.execute("UPDATE item SET url = NULL WHERE source = ?", (source,))

    def __iter__(self) -> Iterator[str]:
        rows = self._database.execute("SELECT source FROM item WHERE url IS NOT NULL ORDER BY id")
        return (text_of(source) for (source,) in rows)

    def __len__(self) -> int:
        return int(self._database.one("SELECT count(url) FROM item"))


class AddressIndex:
    """Old and new addresses of all items, by the items' names in the source."""

    def __init__(self) -> None:
        self._database = TemporaryDatabase(_SCHEMA)
        #: The new address of each item; filled when slugs are planned.
        self.urls = NewAddresses(self._database)
        #: The old pages of imported tags and authors, which will redirect.
        self._lists: set[str] = set()

    def add(self, locator: str, item: Item) -> None:
        """Add an item. `claim` adds the addresses of all items later, in order of precedence."""
        self._database.execute(
            "INSERT INTO item (source, locator, is_public) VALUES (?, ?, ?) ON CONFLICT (source) DO UPDATE "
            "SET locator = excluded.locator, is_public = min(is_public, excluded.is_public)",
            (item.source, locator, item.status is PublicationStatus.PUBLISHED),
        )
        for tag in item.tags:
            self._lists.update(tag_pages(tag))
        for author in item.authors:
            self._lists.update(author_pages(author.key))

    def add_lists(self, paths: Iterable[str]) -> None:
        """Add old pages of a tag or an author."""
        self._lists.update(normal_path(path).removesuffix(".html") for path in paths)

    def claim(self, public: Iterable[Claimant], hidden: Iterable[Claimant]) -> None:
        """Give old addresses to items: own addresses before aliases, and public items before hidden ones."""
        for item in public:
            self.claim_for(item, is_public=True)
        for item in hidden:
            self.claim_for(item, is_public=False)

    def claim_for(self, item: Claimant, *, is_public: bool) -> None:
        """Give old addresses to an item, unless one that goes before it has them; items may come in any order."""
        for place, old_path in enumerate(item.old_paths):
            path = normal_path(old_path)
            folded = path.casefold()
            self._database.execute(
                "INSERT INTO path (path, folded, source, precedence) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE "
                "SET source = excluded.source, precedence = excluded.precedence WHERE excluded.precedence < precedence",
                (
                    path,
                    folded if folded != path else None,
                    item.source,
                    (0 if is_public else 2) + (place > 0),
                ),
            )

    def owner(self, old_path: str) -> str | None:
        """The item that owns an old address."""
        return self._owner(normal_path(old_path))

    def _owner(self, path: str) -> str | None:
        source: str | None = self._database.one("SELECT source FROM path WHERE path = ?", path)
        return source

    def _owner_in_any_case(self, path: str) -> str | None:
        source: str | None = self._database.one(
            "SELECT source FROM (SELECT source, precedence, id FROM path WHERE path = ?1 "
            "UNION ALL SELECT source, precedence, id FROM path WHERE folded = ?1) ORDER BY precedence, id LIMIT 1",
            path.casefold(),
        )
        return source

    def is_new(self, path: str) -> bool:
        """Check if a path is the new address of an item, as translated template tags write it."""
        return self._database.one("SELECT 1 FROM item WHERE url = ?", path) is not None

    def is_unpublished(self, url: str) -> bool:
        """Check if a new address belongs to an item that readers cannot see yet."""
        return self._database.one("SELECT 1 FROM item WHERE url = ? AND NOT is_public", url) is not None

    def is_list(self, path: str) -> bool:
        """Check if a path is the old page of an imported tag or author."""
        return normal_path(path).removesuffix(".html") in self._lists

    def url_of_path(self, path: str) -> str | None:
        """The new address for an old path."""
        wanted = normal_path(path)
        for candidate in dict.fromkeys(
            (wanted, wanted.removesuffix(".html"), f"{wanted}.html", wanted.removesuffix(".htm"))
        ):
            source = self._owner(candidate) or self._owner_in_any_case(candidate)
            if source is not None:
                return self.urls.get(source)
        return None

    def locator_of(self, url: str) -> str | None:
        """The locator of the item with a new address."""
        locator: str | None = self._database.one(
            "SELECT locator FROM item WHERE url = ? ORDER BY id DESC LIMIT 1", url
        )
        return locator


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
