"""Reads the data files of a Masthead export: authors, tags, redirects and images.

Entries in another form than the export writes are ignored; files that cannot be read go to `problems`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from masthead.importing.items import SourceAuthor
from masthead.importing.markdown.site_settings import SiteSettings
from masthead.importing.reading.fields import Value, as_list, as_text
from masthead.importing.site_data import SiteAuthor, SiteImage, SiteRecord, SiteRedirect, SiteTag

PICTURES: Final = "/media/"


def site_records(site: SiteSettings) -> Iterator[SiteRecord]:
    """All records, authors and tags first."""
    yield from authors(site)
    yield from _tags(site)
    yield from _redirects(site)
    yield from _images(site)


def authors(site: SiteSettings) -> Iterator[SiteAuthor]:
    """The authors in `data/authors.yaml`, which is a mapping by user name."""
    described = site.data("data/authors.yaml") if site.folder.has_file("data/authors.yaml") else None
    for username, about in described.items() if isinstance(described, dict) else ():
        if isinstance(about, dict) and username:
            author = SourceAuthor(
                username, _text(about, "name"), _text(about, "bio"), _text(about, "website")
            )
            yield SiteAuthor(author, _aliases(about), _text(about, "avatar"))


def _tags(site: SiteSettings) -> Iterator[SiteTag]:
    for about in _entries(site, "data/tags.yaml"):
        name, slug = _text(about, "name"), _text(about, "slug")
        if name and slug:
            yield SiteTag(name, slug, _text(about, "description"), _aliases(about))


def _redirects(site: SiteSettings) -> Iterator[SiteRedirect]:
    for about in _entries(site, "data/redirects.yaml"):
        path, url = _text(about, "from"), _text(about, "to")
        if path and url:
            yield SiteRedirect(path, url)


def _images(site: SiteSettings) -> Iterator[SiteImage]:
    for about in _entries(site, "data/media.yaml"):
        url = _text(about, "path")
        if url.startswith(PICTURES):
            yield SiteImage(f"static{url}", url, _text(about, "name"), _text(about, "alt"))


def _entries(site: SiteSettings, path: str) -> Iterator[Mapping[str, Value]]:
    found = site.data(path) if site.folder.has_file(path) else None
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict):
            yield entry


def _text(about: Mapping[str, Value], name: str) -> str:
    return as_text(about.get(name))


def _aliases(about: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(as_text(path) for path in as_list(about.get("aliases")))
