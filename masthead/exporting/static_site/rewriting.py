"""Rewrites the addresses of pages, feeds and style sheets, and says to which files they lead. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final
from urllib.parse import urljoin

from masthead.exporting.static_site.layout import SiteLayout, StaticPlace, place_of

_TAG: Final = re.compile(r"<(?P<name>[a-zA-Z][\w-]*)(?:[^>\"]|\"[^\"]*\")*>")
_LINK: Final = re.compile(r"(?P<start>\s(?:href|src|poster|cite|action)=\")(?P<address>[^\"]*)\"")
_SOURCES: Final = re.compile(r"(?P<start>\ssrcset=\")(?P<value>[^\"]*)\"")
_CONTENT: Final = re.compile(r"(?P<start>\scontent=\")(?P<address>https?://[^\"\s]*)\"")
_LINKED_DATA: Final = re.compile(r"(<script type=\"application/ld\+json\">)(.*?)(</script>)", re.DOTALL)
_STYLE_FILE: Final = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_MODULE: Final = re.compile(r"(?:\bfrom|\bimport)\s*\(?\s*[\"'](\.{1,2}/[^\"']+)[\"']")
#: Ids of feeds and of their entries never change, wherever they are served.
_IDENTITY: Final = r"<id>[^<]*</id>|<guid\b[^>]*>[^<]*</guid>|\"id\":\s*\"(?:[^\"\\]|\\.)*\""


@dataclass(slots=True)
class Rewriter:
    """Rewrites one document; `found` collects the places to which its links lead."""

    layout: SiteLayout
    #: The path of the document on the running site.
    page: str
    #: The place of a link to a comment, which is on one of several pages.
    comment_place: Callable[[str, str], StaticPlace | None]
    found: list[StaticPlace] = field(default_factory=list)
    #: Addresses of this site that no file can have.
    impossible: list[str] = field(default_factory=list)

    def html(self, document: str) -> str:
        """A page: links from the root, and absolute ones where they were absolute."""
        document = _TAG.sub(lambda tag: self._tag(tag[0]), document)
        return _LINKED_DATA.sub(lambda match: match[1] + self.absolute(match[2]) + match[3], document)

    def absolute(self, document: str) -> str:
        """A feed or a site map, in which all addresses are absolute."""
        source = re.escape(self.layout.source)
        address = rf"{source}(?=[/\"'<?#\s&\\]|$)(?:[^\"'<>\s\\&]|&amp;)*"
        return re.sub(
            rf"(?P<kept>{_IDENTITY})|{address}",
            lambda match: match["kept"] or self._whole(match[0]),
            document,
        )

    def style(self, sheet: str) -> str:
        """A style sheet, whose files have relative addresses."""
        for name in _STYLE_FILE.findall(sheet):
            self._note_relative(name)
        return sheet

    def module(self, script: str) -> str:
        """A script, whose modules have relative addresses."""
        for name in _MODULE.findall(script):
            self._note_relative(name)
        return script

    def _note_relative(self, name: str) -> None:
        if not name.startswith(("data:", "#")):
            self._place(urljoin(self.page, name))

    def _tag(self, tag: str) -> str:
        tag = _LINK.sub(lambda match: f'{match["start"]}{self._link(match["address"])}"', tag)
        tag = _SOURCES.sub(lambda match: f'{match["start"]}{self._candidates(match["value"])}"', tag)
        return _CONTENT.sub(lambda match: f'{match["start"]}{self._link(match["address"])}"', tag)

    def _candidates(self, value: str) -> str:
        parts = [one.strip().partition(" ") for one in value.split(", ")]
        return ", ".join(f"{self._link(address)}{gap}{size}" for address, gap, size in parts)

    def _link(self, written: str) -> str:
        address = unescape(written)
        place = self._place(address)
        if place is None:
            return written
        begins = self.layout.target if "://" in address or address.startswith("//") else self.layout.base_path
        return escape(begins + place.address)

    def _whole(self, written: str) -> str:
        """An absolute address in XML or JSON."""
        address = unescape(written)
        place = self._place(address)
        if place is None:
            return written
        whole = self.layout.target + place.address
        return whole.replace("&", "&amp;") if "&amp;" in written else whole

    def _place(self, address: str) -> StaticPlace | None:
        local = self.layout.local(address, self.page)
        if local is None:
            return None
        path, query, fragment = local
        place = self.comment_place(path, query) if query.startswith("comment=") else None
        place = place or place_of(path, query, fragment)
        if place is None:
            self.impossible.append(address)
        else:
            self.found.append(place)
        return place
