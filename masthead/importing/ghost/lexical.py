"""Reads Lexical, the format of Ghost's editor since 5.0."""

import json
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from masthead.importing.errors import Unreadable
from masthead.importing.ghost.cards import CardWriter
from masthead.importing.texts.record import BodyPart

MAX_DEPTH: Final = 60
#: The bits of a text's format.
_FORMATS: Final = (
    (16, "code"), (1, "strong"), (2, "em"), (4, "s"), (8, "u"), (32, "sub"), (64, "sup"), (128, "mark"),
)  # fmt: skip
_TEXTS: Final = frozenset({"text", "extended-text", "tk", "emoji"})
_ELEMENTS: Final[Mapping[str, str]] = {
    "paragraph": "p", "quote": "blockquote", "extended-quote": "blockquote", "aside": "blockquote",
    "table": "table", "tablerow": "tr", "tablecell": "td",
}  # fmt: skip
_HEADINGS: Final = frozenset({"heading", "extended-heading"})


def parts(text: str, cards: CardWriter) -> list[BodyPart]:
    """The parts of a document; raises `ValueError` or `Unreadable` if it is none."""
    document = json.loads(text)
    root = document.get("root") if isinstance(document, dict) else None
    if not isinstance(root, dict) or not isinstance(root.get("children"), list):
        raise Unreadable("it has no root")
    return list(_sections(root["children"], cards))


def _sections(nodes: list[Any], cards: CardWriter) -> Iterator[BodyPart]:
    html = ""
    for node in nodes:
        if not isinstance(node, dict):
            continue
        if _is_element(node):
            html += _element(node, 0)
        else:
            yield BodyPart(html)
            html = ""
            yield cards.part(str(node.get("type")), node)
    yield BodyPart(html)


def _is_element(node: dict[str, Any]) -> bool:
    kind = str(node.get("type"))
    inline = {"linebreak", "tab", "link", "autolink", "at-link", "list", "listitem", "code-highlight", "zwnj"}
    return (
        kind in _TEXTS
        or kind in _ELEMENTS
        or kind in _HEADINGS
        or kind in inline
        or isinstance(node.get("children"), list)
    )


def _element(node: dict[str, Any], depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Unreadable("too many levels")
    kind = str(node.get("type"))
    if kind in _TEXTS:
        return _text(node)
    if kind in {"linebreak", "tab"}:
        return "<br>" if kind == "linebreak" else " "
    inner = "".join(
        _element(child, depth + 1) for child in node.get("children") or () if isinstance(child, dict)
    )
    if kind in _HEADINGS:
        tag = str(node.get("tag"))
        tag = tag if tag in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h2"
        return f"<{tag}>{inner}</{tag}>"
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(node, inner)
    tag = _ELEMENTS.get(kind, "p" if depth == 0 else "")
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _text(node: dict[str, Any]) -> str:
    html = escape(str(node.get("text", "")), quote=False)
    bits = node.get("format")
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            html = f"<{tag}>{html}</{tag}>"
    return html


def _link(node: dict[str, Any], inner: str) -> str:
    address = node.get("url")
    title = node.get("title")
    named = f' title="{escape(str(title))}"' if title else ""
    return f'<a href="{escape(str(address))}"{named}>{inner}</a>' if address else inner


def _list(node: dict[str, Any], inner: str) -> str:
    is_ordered = node.get("listType") == "number" or node.get("tag") == "ol"
    start = node.get("start")
    begins = f' start="{start}"' if is_ordered and isinstance(start, int) and start != 1 else ""
    tag = "ol" if is_ordered else "ul"
    return f"<{tag}{begins}>{inner}</{tag}>"


def _list_item(node: dict[str, Any], inner: str) -> str:
    children = [child for child in node.get("children") or () if isinstance(child, dict)]
    # A list within a list is an item of its own in Lexical, and belongs to the item before it.
    if len(children) == 1 and children[0].get("type") == "list":
        return inner
    box = (
        '<input type="checkbox"' + (" checked>" if node.get("checked") else ">") if "checked" in node else ""
    )
    return f"<li>{box}{inner}</li>"


_WRITERS: Final[Mapping[str, Callable[[dict[str, Any], str], str]]] = {
    "link": _link,
    "autolink": _link,
    "at-link": _link,
    "list": _list,
    "listitem": _list_item,
    "zwnj": lambda _, inner: inner,
}
