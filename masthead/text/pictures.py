"""Images and players in sanitised HTML: their sources, their sizes, and links in place of those that a page may not embed."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

from masthead.text.media_kinds import path_of

#: Every value is in double quotes, and may contain a `>`.
_PIECE: Final = re.compile(r"<(img|a|/a)\b((?:[^>\"]|\"[^\"]*\")*)>")
_SOURCE: Final = re.compile(r"(\ssrc=\")([^\"]*)\"")
_PLAYER: Final = re.compile(
    r"<(?P<name>audio|video)\b(?P<attributes>(?:[^>\"]|\"[^\"]*\")*)>(?P<content>.*?)</(?P=name)>", re.DOTALL
)
_TRACK: Final = re.compile(r"<track\b(?:[^>\"]|\"[^\"]*\")*>")
_TRACK_SOURCE: Final = re.compile(r"\ssrc=\"([^\"]*)\"")
_POSTER: Final = re.compile(r"\sposter=\"([^\"]*)\"")
_LABEL: Final = re.compile(r"\saria-label=\"([^\"]*)\"")
_ALT: Final = re.compile(r"\salt=\"([^\"]*)\"")
_SIDE: Final = re.compile(r"\s(?:width|height)=\"")
_MEDIA: Final = re.compile(r"<(?:audio|figure|img|video)\b|<(?:div|p) class=\"(?:embed|file)\"")
Size = tuple[int, int]


def has_media(html: str) -> bool:
    """Return whether a text needs the style sheet of media."""
    return _MEDIA.search(html) is not None


def is_external(address: str, site_url: str) -> bool:
    """Return whether the image comes from another site, which our content security policy does not allow."""
    parts = _parts(address, site_url)
    return parts is not None and parts != _parts(site_url, site_url)


def _parts(address: str, site_url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(urljoin(site_url, address.strip()))
    except ValueError:
        return None
    return (parts.scheme, parts.netloc.lower()) if parts.scheme in {"http", "https"} else None


def sources(clean_html: str) -> list[str]:
    """Return the URLs of the images in a text, each once, in order."""
    found = (_SOURCE.search(piece[2]) for piece in _PIECE.finditer(clean_html) if piece[1] == "img")
    return list(dict.fromkeys(unescape(match[2]) for match in found if match))


def external_sources(clean_html: str, site_url: str) -> list[str]:
    """Return the URLs of the images from other sites."""
    return [address for address in sources(clean_html) if is_external(address, site_url)]


def with_copies(clean_html: str, copies: Mapping[str, str]) -> str:
    """Return the text with some image URLs replaced."""

    def exchanged(tag: str) -> str:
        return _SOURCE.sub(lambda match: f'{match[1]}{_exchanged(match[2], copies)}"', tag)

    return _each_picture(clean_html, lambda tag, _: exchanged(tag)) if copies else clean_html


def _exchanged(value: str, copies: Mapping[str, str]) -> str:
    address = unescape(value)
    return escape(copies[address]) if address in copies else value


def for_page(clean_html: str, site_url: str, sizes: Callable[[list[str]], Mapping[str, Size]]) -> str:
    """Return the text as a page can show it: images with their sizes, and links to external images and players."""
    clean_html = _PLAYER.sub(lambda player: _player(player, site_url), clean_html)
    addresses = sources(clean_html)
    if not addresses:
        return clean_html
    known = sizes(addresses)

    def shown(tag: str, is_in_link: bool) -> str:
        match = _SOURCE.search(tag)
        address = unescape(match[2]) if match else ""
        if is_external(address, site_url):
            return _link(tag, address, is_in_link=is_in_link)
        size = known.get(address)
        if size is None or _SIDE.search(tag):
            return tag
        return f'{tag[:-1]} width="{size[0]}" height="{size[1]}">'

    return _each_picture(clean_html, shown)


def _player(player: re.Match[str], site_url: str) -> str:
    """Return a player without what comes from other sites; a link if that is the recording."""

    def is_elsewhere(pattern: re.Pattern[str], tag: str) -> bool:
        found = pattern.search(tag)
        return found is not None and is_external(unescape(found[1]), site_url)

    source = _SOURCE.search(player["attributes"])
    address = unescape(source[2]) if source else ""
    if source and is_external(address, site_url):
        label = _LABEL.search(player["attributes"])
        return f'<a href="{escape(address)}">{label[1] if label else escape(_name_of(address))}</a>'
    opening = player[0][: player.start("content") - player.start()]
    if is_elsewhere(_POSTER, opening):
        opening = _POSTER.sub("", opening)
    content = _TRACK.sub(
        lambda track: "" if is_elsewhere(_TRACK_SOURCE, track[0]) else track[0], player["content"]
    )
    return f"{opening}{content}</{player['name']}>"


def _name_of(address: str) -> str:
    return path_of(address).rpartition("/")[2] or address


def _link(tag: str, address: str, *, is_in_link: bool) -> str:
    alt = _ALT.search(tag)
    words = (alt[1].strip() if alt else "") or escape(_name_of(address))
    return words if is_in_link else f'<a href="{escape(address)}">{words}</a>'


def _each_picture(clean_html: str, change: Callable[[str, bool], str]) -> str:
    return "".join(_changed(clean_html, change))


def _changed(clean_html: str, change: Callable[[str, bool], str]) -> Iterator[str]:
    end, is_in_link = 0, False
    for piece in _PIECE.finditer(clean_html):
        yield clean_html[end : piece.start()]
        if piece[1] == "img":
            yield change(piece[0], is_in_link)
        else:
            is_in_link = piece[1] == "a"
            yield piece[0]
        end = piece.end()
    yield clean_html[end:]
