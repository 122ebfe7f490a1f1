"""A feed independent of its format; Atom, RSS and JSON Feed are written from it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedAuthor:
    """A credited person."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A post or a comment. All URLs are absolute, including those in the text."""

    #: Constant, even if the URL changes.
    id: str
    url: str
    title: str
    html: str
    summary: str
    published: datetime
    updated: datetime
    authors: tuple[FeedAuthor, ...]
    tags: tuple[str, ...] = ()
    image: str | None = None
    language: str | None = None
    #: The URL of the comments, and of their feeds by file name.
    comments_url: str | None = None
    comment_feeds: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Metadata and entries, newest first."""

    id: str
    title: str
    description: str
    home_url: str
    #: Images of the publication: square, and for a dark background.
    icon_url: str
    language: str
    #: The URL of this feed in each format, by file name.
    addresses: dict[str, str]
    updated: datetime
    #: The time of the last change that readers of the feed can see, including removals.
    changed: datetime
    entries: tuple[FeedEntry, ...]
