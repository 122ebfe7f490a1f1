"""A feed without a format: what Atom, RSS and JSON Feed are written from."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedAuthor:
    """Somebody who is credited."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A post or a comment. All addresses, also those in the text, are absolute."""

    #: Never changes, whatever becomes of the address.
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
    #: Where its comments are, and the feed of them, by file name.
    comments_url: str | None = None
    comment_feeds: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries, the newest first, and what they are."""

    id: str
    title: str
    description: str
    home_url: str
    #: Pictures of the publication: square, on a dark ground.
    icon_url: str
    language: str
    #: The address of this feed in each format, by file name.
    addresses: dict[str, str]
    updated: datetime
    #: When anything changed that readers of the feed could see, also by going away.
    changed: datetime
    entries: tuple[FeedEntry, ...]
