"""Writes elements as HTML blocks, for what Markdown cannot say."""

from html import escape
from typing import Final

from masthead.importing.html import escaping
from masthead.importing.html.inline import DROPPED
from masthead.importing.html.tree import BLOCKS, VOID, Element, HtmlNode
from masthead.text.profiles import SanitiserProfile
from masthead.text.sanitise import TAGS

_KEPT: Final = TAGS[SanitiserProfile.ARTICLE]
_ATTRIBUTES: Final = frozenset({
    "href", "src", "alt", "title", "colspan", "rowspan", "scope", "start", "reversed", "type", "datetime", "lang", "dir",
    "id", "open", "value",
})  # fmt: skip
_ALIGNMENTS: Final = {
    "alignleft": "align-left", "alignright": "align-right", "aligncenter": "align-center",
    "has-text-align-left": "align-left", "has-text-align-center": "align-center", "has-text-align-right": "align-right",
    "align-left": "align-left", "align-center": "align-center", "align-right": "align-right",
}  # fmt: skip
_STYLES: Final = {
    "text-align:left": "align-left", "text-align:center": "align-center", "text-align:right": "align-right",
}  # fmt: skip
_ALIGNABLE: Final = frozenset({"div", "figure", "img", "p", "td", "th"})


def alignment(element: Element) -> str:
    """Our class for the alignment of an element; '' if it has none."""
    for name in element.classes:
        if name in _ALIGNMENTS:
            return _ALIGNMENTS[name]
    style = element.get("style").replace(" ", "").lower()
    found = next((ours for theirs, ours in _STYLES.items() if theirs in style), "")
    wanted = element.get("align").lower()
    return found or (f"align-{wanted}" if wanted in {"left", "center", "right"} else "")


def block(element: Element) -> str:
    """An element as an HTML block, without the empty lines that would end it."""
    return "".join(_written(element, is_code=False)).strip()


def _written(node: HtmlNode, *, is_code: bool) -> list[str]:
    if isinstance(node, str):
        text = escape(node, quote=False)
        return [text.replace("\n", "&#10;") if is_code else escaping.collapsed(text)]
    if node.name in DROPPED:
        return []
    inside = [
        part for child in node.children for part in _written(child, is_code=is_code or node.name == "pre")
    ]
    if node.name not in _KEPT:
        return [" ", *inside, " "] if node.name in BLOCKS else inside
    opening = f"<{node.name}{_attributes(node)}>"
    return [opening] if node.name in VOID else [opening, *inside, f"</{node.name}>"]


def _attributes(node: Element) -> str:
    kept = [
        escaping.attribute(name, value)
        for name, value in node.attributes.items()
        if name in _ATTRIBUTES and (value or name in {"open", "reversed", "alt"})
    ]
    side = alignment(node) if node.name in _ALIGNABLE else ""
    return "".join(kept) + (escaping.attribute("class", side) if side else "")
