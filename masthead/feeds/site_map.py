"""The site map (https://www.sitemaps.org/protocol.html), with each post's picture; several files where one would be too long.

A file holds the addresses of one kind whose ids lie in one range, so that any file of any site takes one query, and an
address stays in its file.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Final, NamedTuple
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from flask import current_app, url_for
from sqlalchemy import func, literal, select
from werkzeug.urls import iri_to_uri

from masthead import pagecache
from masthead.db import db
from masthead.feeds import queries
from masthead.feeds.sections import SECTIONS, URLS_PER_FILE
from masthead.pages.cache_topics import PAGES
from masthead.people.cache_topics import PEOPLE
from masthead.posts.cache_topics import EDITS, POSTS
from masthead.tags.cache_topics import TAGS
from masthead.text.absolute import absolute
from masthead.text.xml import legal

ROWS_AT_ONCE = 1_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE_NAMESPACE = "http://www.google.com/schemas/sitemap-image/1.1"
#: Lists that change with every post.
FRONT = ("site.home", "posts.index", "posts.archive")

#: Characters that a URL shares with its path.
_PLAIN_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)+/?")
_NONE: "AttributesImpl[str]" = AttributesImpl({})


class Address(NamedTuple):
    """One URL of the site."""

    path: str
    changed: datetime | None
    image: str | None = None


#: The lists of all posts, in a file of their own if there are several files.
LISTS = "lists"


def whole() -> bytes:
    """Return the site map, or the index of its files if it is too long for one."""
    _note()
    total = len(FRONT) + sum(_counts())
    return _url_set(_everything()) if total <= URLS_PER_FILE else _index()


def part(section: str, number: int) -> bytes | None:
    """Return one file of several; None if it is empty."""
    _note()
    if section == LISTS:
        return _url_set(_front()) if number == 1 else None
    addresses = list(_of_section(section, number))
    return _url_set(addresses) if addresses else None


def _note() -> None:
    """Note the dependencies of a page whose statements use sub-queries, which load no row or model."""
    pagecache.depends_on(POSTS, EDITS, PAGES, TAGS, PEOPLE)


def _counts() -> Iterable[int]:
    """Return the number of URLs of each kind, or that one file cannot hold them."""
    counted = [
        select(func.count())
        .select_from(
            section.rows()
            .with_only_columns(literal(1), maintain_column_froms=True)
            .limit(URLS_PER_FILE + 1)
            .subquery()
        )
        .scalar_subquery()
        for section in SECTIONS.values()
    ]
    return tuple(db.session.execute(select(*counted)).one())


def _everything() -> Iterator[Address]:
    yield from _front()
    for section in SECTIONS:
        yield from _of_section(section)


def _front() -> list[Address]:
    changed = _last(queries.last_change_of_posts(), queries.last_publication())
    return [Address(url_for(endpoint), changed) for endpoint in FRONT]


def _of_section(name: str, number: int | None = None) -> Iterator[Address]:
    section = SECTIONS[name]
    rows = section.rows().subquery()
    chosen = select(rows.c.name, rows.c.changed, rows.c.appeared, rows.c.image).order_by(rows.c.id)
    if number is not None:
        first = (number - 1) * URLS_PER_FILE
        chosen = chosen.where(rows.c.id > first, rows.c.id <= first + URLS_PER_FILE)
    for row in db.session.execute(chosen.execution_options(yield_per=ROWS_AT_ONCE)):
        yield Address(section.path(row.name), _last(row.changed, row.appeared), row.image)


def _last(*moments: datetime | None) -> datetime | None:
    return max(filter(None, moments), default=None)


def _index() -> bytes:
    """Return the index of files, each with the last change of its contents."""
    files = [Address(_file(LISTS, 1), _front()[0].changed)]
    for name, section in SECTIONS.items():
        files += [
            Address(_file(name, row.number), _last(row.changed, row.appeared))
            for row in db.session.execute(section.files())
            if row.changed is not None
        ]
    return _document("sitemapindex", "sitemap", files)


def _file(section: str, number: int) -> str:
    return url_for("discovery.site_map_part", section=section, number=number)


def _url_set(addresses: Iterable[Address]) -> bytes:
    return _document("urlset", "url", addresses)


def _document(root: str, element: str, addresses: Iterable[Address]) -> bytes:
    written = BytesIO()
    xml = XMLGenerator(written, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, AttributesImpl({"xmlns": NAMESPACE, "xmlns:image": IMAGE_NAMESPACE}))
    for address in addresses:
        xml.startElement(element, _NONE)
        _write(xml, "loc", _absolute(address.path))
        if address.changed is not None:
            _write(xml, "lastmod", address.changed.astimezone(UTC).isoformat(timespec="seconds"))
        if address.image:
            xml.startElement("image:image", _NONE)
            _write(xml, "image:loc", _absolute(address.image))
            xml.endElement("image:image")
        xml.endElement(element)
        xml.ignorableWhitespace("\n")
    xml.endElement(root)
    xml.endDocument()
    return written.getvalue()


def _write(xml: XMLGenerator, name: str, text: str) -> None:
    xml.startElement(name, _NONE)
    xml.characters(legal(text))
    xml.endElement(name)


def _absolute(path: str) -> str:
    base = current_app.config["SITE_URL"]
    if _PLAIN_PATH.fullmatch(path):
        # Nearly all of 50,000 need no quoting: examining each part of a URL takes as long as everything else.
        return _origin(base) + path
    return iri_to_uri(absolute(path, base))


@cache
def _origin(base: str) -> str:
    return iri_to_uri(absolute("/", base)).removesuffix("/")
