"""Records that a source holds besides posts and pages, restored under exactly the names that they had."""

from dataclasses import dataclass
from typing import TypeAlias

from masthead.importing.items import SourceAuthor


@dataclass(frozen=True, slots=True)
class SiteAuthor:
    """An author, with the user name in `author.key`."""

    author: SourceAuthor
    aliases: tuple[str, ...] = ()
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class SiteTag:
    """A tag."""

    name: str
    slug: str
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRedirect:
    """A redirect from an old path to a URL."""

    path: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteImage:
    """An image of the media library: its file in the source, and its URL."""

    file: str
    url: str
    name: str = ""
    alt: str = ""


SiteRecord: TypeAlias = SiteAuthor | SiteTag | SiteRedirect | SiteImage
