"""HTML of comments as Markdown without tags, which a comment here may not hold."""

from typing import Final

from masthead.importing.html import blocks, inline
from masthead.importing.html.tree import BLOCKS, Element, HtmlNode, parse

_KEPT: Final = frozenset({
    "a", "b", "strong", "i", "em", "del", "s", "strike", "br", "p", "blockquote", "ul", "ol", "li",
})  # fmt: skip


def markdown_of_comment(html: str) -> str:
    """Convert the text of a comment."""
    tree = parse(html)
    tree.children = _plain(tree.children)
    return inline.without_tags(lambda: blocks.written(tree.children))


def _plain(nodes: list[HtmlNode]) -> list[HtmlNode]:
    """The nodes with only the elements that a comment may have; the others are replaced by what is in them."""
    found: list[HtmlNode] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(node)
        elif node.name in inline.DROPPED:
            continue
        elif node.name == "pre":
            found.append(Element("pre", {}, [blocks.preformatted(node)]))
        elif node.name in {"code", "tt"} and not any(one.name in BLOCKS for one in node.elements()):
            found.append(Element("code", {}, [node.text()]))
        elif node.name == "img":
            found += _linked_picture(node)
        elif node.name in _KEPT:
            kept = {name: value for name, value in node.attributes.items() if name in {"href", "start"}}
            found.append(Element(node.name, kept, _plain(node.children)))
        elif node.name in BLOCKS:
            found.append(Element("p", {}, _plain(node.children)))
        else:
            found += _plain(node.children)
    return found


def _linked_picture(node: Element) -> list[HtmlNode]:
    address = node.get("src")
    return [Element("a", {"href": address}, [node.get("alt") or address])] if address else [node.get("alt")]
