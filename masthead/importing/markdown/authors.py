"""Parses authors in data files and front matter, and looks up credited names in the folder's list of authors."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from masthead.importing.items import SourceAuthor
from masthead.importing.markdown import alias_fields
from masthead.importing.reading import plain_text
from masthead.importing.reading.fields import FrontMatterFields, Value, as_list, as_text
from masthead.importing.urls import permalinks
from masthead.people.models import NAME_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.names import name_key
from masthead.text.slugs import slugify

#: A longer list is not a byline.
MAX_AUTHORS: Final = 40
BIO_CHARACTERS: Final = 2_000
PLURAL: Final = (
    "authors",
    "bylines",
    "writers",
    "contributors",
    "taxonomies.authors",
    "params.authors",
    "extra.authors",
)
SINGULAR: Final = ("author", "byline", "writer", "created_by", "params.author", "extra.author")
_NAMES: Final = ("full_name", "display_name", "name", "title")
_KEYS: Final = ("key", "id", "slug", "username", "nickname", "handle", "short_name", "name")
_BIOS: Final = ("bio", "biography", "description", "about", "blurb", "summary", "params.bio", "extra.bio")
_SITES: Final = (
    "website",
    "web",
    "url",
    "uri",
    "homepage",
    "site",
    "link",
    "params.website",
    "extra.website",
)
#: All fields that a profile is made of.
FIELDS: Final = (
    *_NAMES, *_KEYS, *_BIOS, *_SITES, "first_name", "given_name", "last_name", "family_name", "surname",
)  # fmt: skip
_MAIL: Final = re.compile(r"\s*<[^<>@\s]+@[^<>\s]+>\s*")
_LINK: Final = re.compile(r"\[([^\[\]]+)\]\([^()]*\)")

AuthorDirectory = Mapping[str, SourceAuthor]


def parse_authors(value: Value, *, top: bool = True, key: str = "") -> Iterator[SourceAuthor]:
    """Parse a data file about authors: a mapping of keys, a list, or groups of either."""
    match value:
        case list():
            for item in value:
                yield from parse_authors(item, top=False)
        case dict():
            person = _person(value, key)
            if person is not None and not (top and _is_group(value)):
                yield person
                return
            for name, inner in value.items():
                if isinstance(inner, (dict, list)):
                    yield from parse_authors(inner, top=False, key=name)
                elif top and inner:
                    yield SourceAuthor(name, _line(as_text(inner)))


def directory(authors: Iterator[SourceAuthor]) -> dict[str, SourceAuthor]:
    """Index authors by key; the first description of a key counts."""
    found: dict[str, SourceAuthor] = {}
    for author in authors:
        found.setdefault(name_key(author.key), author)
    return found


def credited_authors(
    fields: FrontMatterFields, known: AuthorDirectory, *, singular_lists: bool = False
) -> tuple[SourceAuthor, ...]:
    """The authors that front matter credits, in order, without duplicates."""
    plural = fields.value(*PLURAL)
    value = plural if plural is not None else fields.value(*SINGULAR)
    found: dict[str, SourceAuthor] = {}
    for author in _named(value, known, splits=plural is not None or singular_lists):
        found.setdefault(name_key(author.key), author)
    return tuple(found.values())[:MAX_AUTHORS]


def _named(value: Value, known: AuthorDirectory, *, splits: bool) -> Iterator[SourceAuthor]:
    match value:
        case list():
            for item in value:
                yield from _named(item, known, splits=False)
        case dict():
            person = _person(value, "")
            if person is not None:
                yield known.get(name_key(person.key), person)
            else:
                for key, inner in value.items():
                    described_here = _person(inner, key) if isinstance(inner, dict) else None
                    yield described_here or _looked_up(key, known)
        case None | bool():
            return
        case _:
            text = _line(as_text(value))
            if name_key(text) in known:
                yield known[name_key(text)]
                return
            separator = ";" if ";" in text else ","
            for name in text.split(separator) if splits else [text]:
                if _line(name):
                    yield _looked_up(name, known)


def _looked_up(name: str, known: AuthorDirectory) -> SourceAuthor:
    name = _line(name)
    found = known.get(name_key(name.lstrip("@")))
    if found is None and (found := known.get(name_key(slugify(name)))) is not None:
        # The folder of an author has the slug of the name; the text has the name itself, which stays the key.
        found = replace(found, key=name)
    return found or SourceAuthor(name.lstrip("@") or name, _name(name))


def _person(value: Mapping[str, Value], key: str) -> SourceAuthor | None:
    """The author that a mapping describes; first and last name are joined."""
    fields = FrontMatterFields(value)
    first, last = fields.text("first_name", "given_name"), fields.text("last_name", "family_name", "surname")
    name = _line(fields.text(*_NAMES)) or _line(f"{first} {last}")
    if not name and fields.text(*_BIOS, *_SITES) and not _is_group(value):
        # The key is the name, as in `AUTHORS = {"Ada Lovelace": {"bio": …}}`.
        name = key
    if not name:
        return None
    return SourceAuthor(
        key=_line(key or fields.text(*_KEYS)) or name,
        name=_name(name),
        bio=fields.text(*_BIOS)[:BIO_CHARACTERS],
        website=_website(fields.text(*_SITES)),
        aliases=permalinks.unique(alias_fields.alias_paths(fields, "", base="", beside=False)),
    )


def _name(text: str) -> str:
    """A name without markup, cut at a word if it is too long."""
    return excerpt(plain_text.plain_line(text) or text, NAME_CHARACTERS)


def _is_group(value: Mapping[str, Value]) -> bool:
    """Check if a mapping is a group of authors, although it may have a `title` of its own."""
    return any(isinstance(inner, dict) for inner in value.values())


def _website(address: str) -> str:
    return address if re.match(r"https?://[^\s<>\"']+\Z", address) else ""


def _line(text: str) -> str:
    """A name on one line, without its mail address, which stays private, and without link markup."""
    return " ".join(_LINK.sub(r"\1", _MAIL.sub(" ", text)).split())


def flat_names(value: Value) -> Iterator[str]:
    """The names in a nested list, or in a mapping that is used as a list."""
    for item in as_list(value):
        match item:
            case list():
                yield from flat_names(item)
            case dict():
                named = FrontMatterFields(item).text("name", "title", "label", "slug")
                if named:
                    yield named
                    continue
                for key, inner in item.items():
                    if inner is None or isinstance(inner, bool):
                        yield key
                    else:
                        yield from flat_names(inner)
            case _:
                yield as_text(item)
