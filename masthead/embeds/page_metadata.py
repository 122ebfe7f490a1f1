"""The title, description and picture of a page, from its HTML (Open Graph, Twitter cards) or from oEmbed. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from masthead.embeds.models import DESCRIPTION_CHARACTERS, SITE_CHARACTERS, TITLE_CHARACTERS
from masthead.text.excerpts import excerpt

#: The metadata of a page stand in its head.
HEAD_BYTES: Final = 1_000_000
#: Bounds of the work on hostile pages; real ones have below a hundred such tags.
MAX_TAGS: Final = 500
TAG_CHARACTERS: Final = 5_000
_META: Final = re.compile(r"<meta\b((?>(?:[^>\"']|\"[^\"]*\"|'[^']*')*))>", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title\b[^>]*+>([^<]{0,2000})", re.IGNORECASE)
_OPENING: Final = re.compile(r"<(?:(meta|title|script|style|noscript)\b|!--)", re.IGNORECASE)
_ENDS: Final = {"": re.compile("-->")} | {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "noscript")
}
_ATTRIBUTE: Final = re.compile(
    r"([a-zA-Z:-]{1,30})\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.ASCII
)
_CHARSET: Final = re.compile(rb"charset\s*+=\s*+[\"']?([\w-]{1,30})", re.IGNORECASE)
#: Control characters, and those that change the direction of what follows.
_UNSHOWN: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
#: Encodings of the web (WHATWG) in Python's names. Others of Python are no encodings of texts, or costly.
_ENCODINGS: Final = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-\d{1,2}|latin1|windows-125\d|koi8-[ru]|macintosh|shift[_-]jis|"
    r"euc-jp|euc-kr|gbk|gb2312|gb18030|big5",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The words of a card, and the URL of its picture; each may be empty."""

    title: str = ""
    description: str = ""
    site_name: str = ""
    picture: str = ""


def from_html(body: bytes, content_type: str, url: str) -> PageMetadata:
    """Return the metadata of a page; never fails on any input."""
    named: dict[str, str] = {}
    title = ""
    for tag in _tags(_decoded(body[:HEAD_BYTES], content_type)):
        if (found := _TITLE.match(tag)) is not None:
            title = title or unescape(found[1])
        elif (found := _META.match(tag)) is not None:
            name, content = _named(found[1])
            if content.strip():
                named.setdefault(name, content)

    def first(*names: str) -> str:
        return next((unescape(named[name]) for name in names if name in named), "")

    return PageMetadata(
        title=_line(first("og:title", "twitter:title") or title, TITLE_CHARACTERS),
        description=_line(
            first("og:description", "twitter:description", "description"), DESCRIPTION_CHARACTERS
        ),
        site_name=_line(first("og:site_name", "application-name"), SITE_CHARACTERS),
        picture=_address(
            first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"),
            url,
        ),
    )


def from_oembed(body: bytes, url: str) -> PageMetadata:
    """Return the metadata of an oEmbed response (https://oembed.com); never fails on any input."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return PageMetadata()
    if not isinstance(answer, dict):
        return PageMetadata()

    def text(name: str) -> str:
        value: Any = answer.get(name)
        return value if isinstance(value, str) else ""

    return PageMetadata(
        title=_line(text("title"), TITLE_CHARACTERS),
        description=_line(text("author_name"), DESCRIPTION_CHARACTERS),
        site_name=_line(text("provider_name"), SITE_CHARACTERS),
        picture=_address(text("thumbnail_url"), url),
    )


def _tags(html: str) -> Iterator[str]:
    """Yield the beginning of each `meta` and `title`, outside of comments and scripts."""
    position, count = 0, 0
    while count < MAX_TAGS and (opening := _OPENING.search(html, position)) is not None:
        position, name = opening.end(), (opening[1] or "").lower()
        if name in ("meta", "title"):
            count += 1
            yield html[opening.start() : opening.start() + TAG_CHARACTERS]
            continue
        # As in a browser, one without an end goes on to the end of the page.
        end = _ENDS[name].search(html, position)
        if end is None:
            return
        position = end.start()


def _named(attributes: str) -> tuple[str, str]:
    """Return the name and content of a `meta`."""
    given = {
        name.lower(): double or single or bare
        for name, double, single, bare in _ATTRIBUTE.findall(attributes)
    }
    name = given.get("property") or given.get("name") or given.get("itemprop") or ""
    return name.lower(), given.get("content", "")


def _decoded(body: bytes, content_type: str) -> str:
    found = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:4_096])
    name = found[1].decode("ascii") if found else "utf-8"
    return body.decode(name if _ENCODINGS.fullmatch(name) else "utf-8", "replace")


def _line(text: str, characters: int) -> str:
    return excerpt(_UNSHOWN.sub("", text[: characters * 8]), characters)


def _address(address: str, url: str) -> str:
    try:
        whole = urljoin(url, address.strip()) if address.strip() else ""
        return whole if urlsplit(whole).scheme in ("http", "https") else ""
    except ValueError:
        return ""
