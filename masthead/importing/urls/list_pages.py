"""Redirects from feeds and lists of the old site, which subscribers follow and readers find by shortening paths."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from masthead.importing.urls.index import AddressIndex
from masthead.redirects.actions import Destination
from masthead.redirects.models import Target
from masthead.redirects.queries import normal_path

BLOG: Final = "/blog/"
ARCHIVE: Final = "/blog/archive/"
_ATOM: Final = (
    "feed.atom",
    "atom.xml",
    "feed/atom.xml",
    "feed/feed.xml",
    "feeds/all.atom.xml",
    "feeds/atom.xml",
    "feed.xml",
    "feed/atom",
    "wp-atom.php",
)
_RSS: Final = (
    "feed.rss",
    "rss.xml",
    "index.xml",
    "feed/index.xml",
    "feeds/all.rss.xml",
    "feeds/rss.xml",
    "rss/index.xml",
    "feed",
    "feed/rss2",
    "feed/rss",
    "feed/rdf",
    "wp-rss.php",
    "wp-rss2.php",
)
#: The usual paths of lists, and the pages here that they redirect to.
LISTS: Final = {
    "archive": ARCHIVE, "archives": ARCHIVE, "archive.html": ARCHIVE, "archives.html": ARCHIVE, "all": ARCHIVE,
    "posts": BLOG, "posts.html": BLOG, "blog.html": BLOG, "articles": BLOG, "tags": BLOG, "tags.html": BLOG,
    "categories": BLOG, "categories.html": BLOG, "authors": BLOG, "authors.html": BLOG,
}  # fmt: skip
_MONTH: Final = re.compile(r"/(\d{4})/(\d{1,2})(?:/\d{1,2})?$")
#: The limit of paths above posts that are redirected.
MAX_FOLDERS: Final = 5_000


def list_redirects(
    feeds: Iterable[str], base_path: str, parents: Iterable[str], addresses: AddressIndex
) -> Iterator[Destination]:
    """The redirects from feeds and lists of the old site; ``parents`` are the paths above its posts.

    Paths that belong to an item are left out.
    """
    seen: set[str] = set()
    for written, url in _wanted(list(feeds), base_path, parents):
        path = normal_path(written)
        if path not in seen and path != normal_path(url) and addresses.owner(path) is None:
            seen.add(path)
            yield Destination(path, Target.URL, url=url)


def _wanted(feeds: list[str], base_path: str, parents: Iterable[str]) -> Iterator[tuple[str, str]]:
    for base in dict.fromkeys(("", base_path)):
        yield from ((f"{base}/{feed}", "/feed.xml") for feed in (*feeds, *_ATOM))
        yield from ((f"{base}/{feed}", "/rss.xml") for feed in _RSS)
        yield from ((f"{base}/{name}", url) for name, url in LISTS.items())
    for folder in sorted(parents)[:MAX_FOLDERS]:
        yield folder, _list_of(folder)
        if not re.search(r"\d{4}", folder):
            yield from ((f"{folder}/{feed}", "/rss.xml") for feed in ("index.xml", "rss.xml", "feed"))
            yield from ((f"{folder}/{feed}", "/feed.xml") for feed in ("atom.xml", "feed.xml"))


def _list_of(folder: str) -> str:
    """The page for a path above posts: the archive for a year or a month, otherwise the newest posts."""
    month = _MONTH.search(folder)
    if month and 1 <= int(month[2]) <= 12:
        return f"{ARCHIVE}{month[1]}/{int(month[2])}"
    return ARCHIVE if re.search(r"/\d{4}$", folder) else BLOG
