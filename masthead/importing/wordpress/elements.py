"""Splits an export into its items, and parses one item, without an XML parser.

WordPress writes files that no XML parser reads: bare ampersands, unbound prefixes, a text that ends too early. This
reader knows elements, CDATA and the five entities of XML, and nothing that could expand: no DOCTYPE, no entity
declarations, no inclusion. One item after the other is in memory.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.wordpress.files import ExportFile

#: The longest item: a post with a hundred thousand comments.
MAX_ITEM_CHARACTERS: Final = 48_000_000
MAX_HEAD_CHARACTERS: Final = 64_000_000
_MARK: Final = re.compile(
    r"<!\[CDATA\[|\]\]>|<item(?=[\s>])|</item\s{0,6}>|<!DOCTYPE|<!ENTITY", re.IGNORECASE
)
#: The longest of these marks, which may begin at the end of a part.
_OVERLAP: Final = 16
_TOKEN: Final = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<!--.*?-->|<\?.*?\?>"
    r"|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]{0,100})(?P<rest>(?>(?:[^<>\"']|\"[^\"]{0,10000}\"|'[^']{0,10000}')*))>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"([\w.:-]{1,100})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)')")
_NAMESPACE: Final = re.compile(r"xmlns:([\w.-]{1,60})\s*=\s*[\"']([^\"']{1,300})[\"']")
_PREFIXES: Final = (
    (re.compile(r"wordpress\.org/export/\d+\.\d+/excerpt"), "excerpt"),
    (re.compile(r"wordpress\.org/export/\d+\.\d+/?$"), "wp"),
    (re.compile(r"purl\.org/rss/1\.0/modules/content"), "content"),
    (re.compile(r"purl\.org/dc/elements"), "dc"),
)


@dataclass(slots=True)
class XmlElement:
    """An element of an export. Its text is joined from all parts, so split CDATA is whole again."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[XmlElement]" = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element itself."""
        return "".join(self.parts)

    def value(self, name: str) -> str:
        """The text of the first child of this name, without white space around it; '' if there is none."""
        return next((child.text for child in self.children if child.name == name), "").strip()

    def raw(self, name: str) -> str:
        """The text of the first child of this name as it is."""
        return next((child.text for child in self.children if child.name == name), "")

    def all(self, name: str) -> "Iterator[XmlElement]":
        """The children of this name."""
        return (child for child in self.children if child.name == name)


@dataclass(frozen=True, slots=True)
class WxrSegment:
    """An item, or what stands beside the items, as text. ``problem`` says why it cannot be read."""

    text: str
    line: int
    is_item: bool
    problem: str = ""


def segments(file: ExportFile) -> Iterator[WxrSegment]:
    """Split a file; raises `SourceNotFound` for a DOCTYPE."""
    return _Splitter(file).run()


class _Splitter:
    """Follows items and CDATA through the parts of a file."""

    def __init__(self, file: ExportFile) -> None:
        self._file = file
        self._kept: list[str] = []
        self._size = 0
        self._line = 1
        self._begins = 1
        self._in_cdata = False
        self._in_item = False

    def run(self) -> Iterator[WxrSegment]:
        rest = ""
        try:
            for part in self._file.parts():
                text = rest + part
                rest = yield from self._take(text)
        except Unreadable as error:
            yield from self._take(rest + " " * _OVERLAP)
            yield self._last("", error.message)
            return
        # The last characters have waited for a part that does not come.
        yield from self._take(rest + " " * _OVERLAP)
        yield self._last("", "")

    def _take(self, text: str) -> Generator[WxrSegment, None, str]:
        # A mark at the end may go on in the next part, so the last characters wait for it.
        position, end = 0, max(len(text) - _OVERLAP, 0)
        for mark in _MARK.finditer(text):
            if mark.start() >= end:
                break
            yield from self._at(text[position : mark.start()], mark[0].lower())
            position = mark.end()
        keep = max(position, end)
        self._keep(text[position:keep])
        return text[keep:]

    def _at(self, before: str, mark: str) -> Iterator[WxrSegment]:
        if mark.startswith("<item") and not self._in_cdata:
            # An item that was not closed ends where the next begins.
            self._keep(before)
            yield self._segment()
            self._in_item = True
            self._keep("<item")
            return
        self._keep(before)
        if mark in {"<!doctype", "<!entity"} and not self._in_cdata and not self._in_item:
            raise SourceNotFound(
                f"{self._file.name}, line {self._line}: this file has a DOCTYPE, which no export of WordPress has. "
                "It is refused, because such files can be made to read others."
            )
        self._keep(mark if mark != "<![cdata[" else "<![CDATA[")
        if mark == "<![cdata[":
            self._in_cdata = True
        elif mark == "]]>":
            self._in_cdata = False
        elif mark.startswith("</item") and not self._in_cdata and self._in_item:
            yield self._segment()
            self._in_item = False

    def _keep(self, text: str) -> None:
        self._line += text.count("\n")
        self._size += len(text)
        if self._size <= (MAX_ITEM_CHARACTERS if self._in_item else MAX_HEAD_CHARACTERS):
            self._kept.append(text)

    def _segment(self) -> WxrSegment:
        limit = MAX_ITEM_CHARACTERS if self._in_item else MAX_HEAD_CHARACTERS
        problem = f"It is longer than {limit // 1_000_000} million characters." if self._size > limit else ""
        made = WxrSegment("" if problem else "".join(self._kept), self._begins, self._in_item, problem)
        self._kept, self._size, self._begins = [], 0, self._line
        return made

    def _last(self, rest: str, problem: str) -> WxrSegment:
        self._keep(rest)
        made = self._segment()
        if self._in_item:
            place = f"The file ends in line {self._line}, in the middle of this item."
            return WxrSegment("", made.line, is_item=True, problem=f"{place} {problem}".strip())
        closed = "</rss" in made.text[-2_000:] or "</channel" in made.text[-2_000:]
        ended = "" if closed else f"The file ends in line {self._line}, before the end of the export."
        return WxrSegment(made.text, made.line, is_item=False, problem=f"{ended} {problem}".strip())


def prefixes_of(head: str) -> dict[str, str]:
    """The usual prefix for each prefix that the file binds, by the namespace's address."""
    found = {}
    for prefix, address in _NAMESPACE.findall(head[:20_000]):
        usual = next((name for pattern, name in _PREFIXES if pattern.search(address)), prefix)
        found[prefix] = usual
    return {prefix: usual for prefix, usual in found.items() if prefix != usual}


def parse(text: str, prefixes: dict[str, str]) -> XmlElement:
    """Parse a segment; the root has no name."""
    root = XmlElement("")
    stack = [root]
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            stack[-1].parts.append(_decoded(text[position : token.start()]))
        position = token.end()
        if token["cdata"] is not None:
            stack[-1].parts.append(token["cdata"])
        elif token["name"] is not None:
            _take_tag(token, stack, prefixes)
    stack[-1].parts.append(_decoded(text[position:]))
    return root


def _take_tag(token: re.Match[str], stack: list[XmlElement], prefixes: dict[str, str]) -> None:
    name = token["name"]
    if prefixes and ":" in name:
        prefix, _, local = name.partition(":")
        name = f"{prefixes.get(prefix, prefix)}:{local}"
    if token["end"]:
        depth = next((at for at in range(len(stack) - 1, 0, -1) if stack[at].name == name), 0)
        if depth:
            del stack[depth:]
        return
    rest = token["rest"]
    element = XmlElement(name)
    if "=" in rest:
        element.attributes = {
            key: _decoded(double or single) for key, double, single in _ATTRIBUTE.findall(rest)
        }
    stack[-1].children.append(element)
    if not rest.rstrip().endswith("/") and len(stack) < 60:
        stack.append(element)


def _decoded(text: str) -> str:
    return unescape(text) if "&" in text else text
