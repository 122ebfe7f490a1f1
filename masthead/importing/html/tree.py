"""Parses HTML of any quality into a tree of elements and texts.

The parser never fails: a tag without its end is closed where its parent ends, an end without its tag is ignored, and
markup that is none stays text. It builds the tree that the conversion to Markdown needs, not the one that a browser has.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final, TypeAlias

MAX_DEPTH: Final = 100
VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)  # fmt: skip
#: The content of these is text up to the end tag, whatever it looks like.
_RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "noembed"})
BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "li",
    "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    "video", "audio", "iframe", "caption", "colgroup", "script", "style",
})  # fmt: skip
#: A start tag of the second group ends an open element of the first, up to a boundary.
_CLOSES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr", "td", "th"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tbody": (frozenset({"tr", "td", "th", "thead", "tbody", "caption", "colgroup"}), frozenset({"table"})),
    "thead": (frozenset({"caption", "colgroup"}), frozenset({"table"})),
    "tfoot": (frozenset({"tr", "td", "th", "thead", "tbody"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "a": (frozenset({"a"}), frozenset({"td", "th", "table"})),
}
_ENDS_PARAGRAPH: Final = BLOCKS - {"script", "style", "iframe", "video", "audio"}
_TOKEN: Final = re.compile(
    r"<!--(?P<comment>.*?)-->"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/><]{0,60})(?P<rest>(?>(?:[^<>\"']|\"[^\"<]{0,100000}\"|'[^'<]{0,100000}'|\"[^\"]{0,20000}\"|'[^']{0,20000}'){0,5000}))>"
    r"|<[!?][^>]{0,1000}>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(
    r"([^\s\"'<>/=]{1,200})(?:\s{0,50}=\s{0,50}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>`]{1,4000})))?"
)


@dataclass(slots=True)
class Element:
    """An element, with its attributes decoded."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[HtmlNode]" = field(default_factory=list)

    def get(self, name: str) -> str:
        """The value of an attribute; '' if it is missing."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> list[str]:
        """The names of the element's classes."""
        return self.get("class").split()

    def elements(self) -> "Iterator[Element]":
        """The elements below this one, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements()

    def find(self, *names: str) -> "Element | None":
        """The first element with one of these names below this one."""
        return next((one for one in self.elements() if one.name in names), None)

    def text(self) -> str:
        """The text of the element."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def is_empty(self) -> bool:
        """Check if there is nothing below the element but white space."""
        return all(isinstance(child, str) and not child.strip() for child in self.children)


HtmlNode: TypeAlias = Element | str


def parse(html: str) -> Element:
    """Parse a fragment; the root has no name."""
    return _TreeBuilder().build(html)


class _TreeBuilder:
    def __init__(self) -> None:
        self._root = Element("")
        self._open = [self._root]

    def build(self, html: str) -> Element:
        position = 0
        while True:
            match = self._next(html, position)
            if match is None:
                self._text(html[position:])
                return self._root
            self._text(html[position : match.start()])
            position = match.end()
            if match["name"] is None:
                continue
            name = match["name"].lower()
            if match["end"]:
                self._end(name)
                continue
            self._start(name, match["rest"])
            if name in _RAW and not match["rest"].rstrip().endswith("/"):
                position = self._raw(html, position, name)

    def _next(self, html: str, position: int) -> re.Match[str] | None:
        # Without this look, texts with many "<" and no ">" would be searched again and again.
        if html.find(">", position) < 0:
            return None
        return _TOKEN.search(html, position)

    def _raw(self, html: str, position: int, name: str) -> int:
        end = html.lower().find(f"</{name}", position)
        end = len(html) if end < 0 else end
        self._open[-1].children.append(html[position:end])
        return end

    def _text(self, text: str) -> None:
        if not text:
            return
        text = unescape(text) if "&" in text else text
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += text
        else:
            children.append(text)

    def _start(self, name: str, rest: str) -> None:
        if name in _CLOSES:
            self._close(*_CLOSES[name])
        if name in _ENDS_PARAGRAPH:
            self._close(frozenset({"p"}), _ENDS_PARAGRAPH - {"p"})
        element = Element(name, attributes_of(rest))
        self._open[-1].children.append(element)
        if name not in VOID and len(self._open) < MAX_DEPTH:
            self._open.append(element)

    def _close(self, names: frozenset[str], boundary: frozenset[str]) -> None:
        """End the outermost open element of these names within the boundary."""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].name in boundary and self._open[depth].name not in names:
                return
            if self._open[depth].name in names and not any(
                one.name in names for one in self._within(depth, boundary)
            ):
                del self._open[depth:]
                return

    def _within(self, depth: int, boundary: frozenset[str]) -> Iterator[Element]:
        for one in reversed(self._open[1:depth]):
            if one.name in boundary:
                return
            yield one

    def _end(self, name: str) -> None:
        if name == "br":
            self._open[-1].children.append(Element("br"))
            return
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].name == name:
                del self._open[depth:]
                return
            if self._open[depth].name in {"td", "th", "table"} and name not in {
                "table",
                "tr",
                "tbody",
                "thead",
                "tfoot",
            }:
                return


def written(node: HtmlNode) -> str:
    """The HTML of a node."""
    if isinstance(node, str):
        return escape(node, quote=False)
    inner = "".join(map(written, node.children))
    if not node.name:
        return inner
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.name}{attributes}>" + ("" if node.name in VOID else f"{inner}</{node.name}>")


def attributes_of(rest: str) -> dict[str, str]:
    """The attributes in the rest of a start tag, by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(rest) if rest.strip(" /") else ():
        value = double or single or bare
        found.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return found
