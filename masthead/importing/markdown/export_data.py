"""What a Masthead export holds beside its texts: people, tags, addresses that lead elsewhere, and pictures.

Entries that are not as the export writes them are passed over; a list that cannot be read is a problem of the dialect.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from masthead.importing.items import Author
from masthead.importing.reading.fields import Value, as_list, as_text

if TYPE_CHECKING:
    from masthead.importing.markdown.dialects.base import Dialect

PICTURES: Final = "/media/"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is credited, under exactly this user name."""

    author: Author
    aliases: tuple[str, ...] = ()
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A tag."""

    name: str
    slug: str
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An old address that leads to an address."""

    path: str
    url: str


@dataclass(frozen=True, slots=True)
class Drawer:
    """A picture of the media store, by its file in the folder."""

    file: str
    url: str
    name: str = ""
    alt: str = ""


Belonging = Person | Subject | Elsewhere | Drawer


def all_of(dialect: "Dialect") -> Iterator[Belonging]:
    """Everything, people and tags first."""
    yield from people(dialect)
    yield from _subjects(dialect)
    yield from _elsewhere(dialect)
    yield from _drawers(dialect)


def people(dialect: "Dialect") -> Iterator[Person]:
    """Whom `data/authors.yaml` describes, by user name."""
    described = dialect.data("data/authors.yaml") if dialect.folder.holds("data/authors.yaml") else None
    for username, about in described.items() if isinstance(described, dict) else ():
        if isinstance(about, dict) and username:
            author = Author(username, _text(about, "name"), _text(about, "bio"), _text(about, "website"))
            yield Person(author, _aliases(about), _text(about, "avatar"))


def _subjects(dialect: "Dialect") -> Iterator[Subject]:
    for about in _entries(dialect, "data/tags.yaml"):
        name, slug = _text(about, "name"), _text(about, "slug")
        if name and slug:
            yield Subject(name, slug, _text(about, "description"), _aliases(about))


def _elsewhere(dialect: "Dialect") -> Iterator[Elsewhere]:
    for about in _entries(dialect, "data/redirects.yaml"):
        path, url = _text(about, "from"), _text(about, "to")
        if path and url:
            yield Elsewhere(path, url)


def _drawers(dialect: "Dialect") -> Iterator[Drawer]:
    for about in _entries(dialect, "data/media.yaml"):
        url = _text(about, "path")
        if url.startswith(PICTURES):
            yield Drawer(f"static{url}", url, _text(about, "name"), _text(about, "alt"))


def _entries(dialect: "Dialect", path: str) -> Iterator[Mapping[str, Value]]:
    found = dialect.data(path) if dialect.folder.holds(path) else None
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict):
            yield entry


def _text(about: Mapping[str, Value], name: str) -> str:
    return as_text(about.get(name))


def _aliases(about: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(as_text(path) for path in as_list(about.get("aliases")))
