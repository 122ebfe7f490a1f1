"""Writes blocks as Markdown: paragraphs, headings, lists, quotations, code, tables, figures."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from masthead.importing.html import escaping, inline, raw, tables
from masthead.importing.html.tree import BLOCKS, Element, HtmlNode, parse

_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}
_CONTAINERS: Final = frozenset({"figure", "details", "table", "blockquote", "ul", "ol", "dl", "pre"})


#: A picture alone, and one that links to a larger copy or to its page.
_PICTURE: Final = re.compile(r"!\[(?:[^\[\]\\\n]|\\.)*\]\([^()\s]+(?: \"(?:[^\"\\\n]|\\.)*\")?\)")
_ZOOM: Final = re.compile(rf"\[({_PICTURE.pattern})\]\([^()\s]+\)")
_SIDES: Final = {"align-left": "left", "align-right": "right"}
_WIDTHS: Final = {"alignwide": "wide", "kg-width-wide": "wide", "alignfull": "full", "kg-width-full": "full"}
#: Lines above and below a block of code that show nothing.
_EMPTY_LINES: Final = re.compile(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z")
_RECORDING: Final = re.compile(
    r"\.(?:mp3|m4a|ogg|oga|wav|flac|aac|mp4|m4v|webm|ogv|mov)(?:\?|$)", re.IGNORECASE
)


def markdown_of(html: str) -> str:
    """Convert a fragment of HTML to Markdown."""
    return written(parse(html).children)


def written(nodes: Iterable[HtmlNode]) -> str:
    """The Markdown of these nodes."""
    return "\n\n".join(blocks(nodes))


def blocks(nodes: Iterable[HtmlNode]) -> list[str]:
    """The blocks of these nodes, each without empty lines at its ends."""
    found: list[str] = []
    line: list[HtmlNode] = []
    lists = 0
    for node in _spread(nodes):
        if not _is_block(node):
            line.append(node)
            continue
        _end_line(line, found)
        assert isinstance(node, Element)  # noqa: S101 (`_is_block` says so)
        is_list = node.name in {"ul", "ol", "menu", "dir"}
        made = _list(node, alternate=bool(lists % 2)) if is_list else _block(node)
        lists = lists + 1 if is_list and made else 0
        found += made
    _end_line(line, found)
    return [one for one in found if one.strip()]


def _spread(nodes: Iterable[HtmlNode]) -> Iterator[HtmlNode]:
    """The nodes; an inline element with blocks in it is replaced by its children."""
    for node in nodes:
        if isinstance(node, Element) and node.name not in BLOCKS and _holds_block(node):
            if node.name == "a" and node.get("href") and not node.find("img"):
                # A link around blocks: each of them becomes the link.
                yield from _spread(_linked(node))
            else:
                yield from _spread(node.children)
        else:
            yield node


def _linked(node: Element) -> Iterator[HtmlNode]:
    for child in node.children:
        if (
            isinstance(child, Element)
            and child.name in BLOCKS
            and child.name not in _CONTAINERS
            and not child.is_empty()
        ):
            yield Element(
                child.name, child.attributes, list(_linked(Element("a", node.attributes, child.children)))
            )
        elif isinstance(child, Element) and child.name in BLOCKS:
            yield child
        elif isinstance(child, Element) and _holds_block(child):
            yield from _linked(Element("a", node.attributes, child.children))
        elif isinstance(child, str) and not child.strip():
            yield child
        else:
            yield Element("a", node.attributes, [child])


def _holds_block(node: Element) -> bool:
    return any(one.name in BLOCKS for one in node.elements())


def _is_block(node: HtmlNode) -> bool:
    return isinstance(node, Element) and node.name in BLOCKS


def _end_line(line: list[HtmlNode], found: list[str]) -> None:
    text = inline.written(line)
    if text:
        found.append(text)
    line.clear()


def _block(node: Element) -> list[str]:
    if node.name in inline.DROPPED:
        return []
    return _WRITERS.get(node.name, _container)(node)


def _anchor(node: Element) -> str:
    """An empty element with the id of a block, which links may lead to."""
    return f"<span{escaping.attribute('id', node.get('id'))}></span>" if node.get("id") else ""


def _paragraph(node: Element) -> list[str]:
    if _holds_block(node):
        return blocks(node.children)
    if (
        raw.alignment(node) in {"align-center", "align-right"}
        and not node.is_empty()
        and not node.find("img")
    ):
        return [raw.block(Element("p", node.attributes, node.children))]
    text = inline.written(node.children)
    return [_anchor(node) + text] if text else []


def _heading(node: Element) -> list[str]:
    if _holds_block(node):
        return blocks(node.children)
    text = inline.written(node.children).replace(inline.HARD_BREAK, "<br>").replace("\n", " ")
    if not text:
        return []
    if text.endswith("#"):
        text = f"{text[:-1]}\\#"
    if text.endswith("}") and "{" in text:
        # Without the comment it would be read as the heading's attributes.
        text += "<!-- -->"
    return [f"{_HEADINGS[node.name]} {_anchor(node)}{text}"]


def _quotation(node: Element) -> list[str]:
    inner = blocks(node.children)
    if not inner:
        return []
    return ["\n".join(f"> {line}".rstrip(" ") for line in "\n\n".join(inner).split("\n"))]


def _code(node: Element) -> list[str]:
    if node.find("img", "a", "table", "ul", "ol"):
        return [raw.block(node)]
    text = _EMPTY_LINES.sub("", preformatted(node).replace("\r\n", "\n"))
    return [escaping.fenced(text, _language(node))] if text.strip() else []


def preformatted(node: Element) -> str:
    """The text of an element in which line ends count."""
    text = ""
    for child in node.children:
        if isinstance(child, str):
            text += child
        elif child.name == "br":
            text += "\n"
        elif child.name in BLOCKS:
            before = "\n" if text and not text.endswith("\n") else ""
            text += f"{before}{preformatted(child)}\n"
        elif child.name not in inline.DROPPED:
            text += preformatted(child)
    return text


def _language(node: Element) -> str:
    inner = node.find("code")
    names = [*node.classes, *(inner.classes if inner else ())]
    for name in names:
        if name.startswith(("language-", "lang-")):
            return "".join(one for one in name.partition("-")[2] if one.isalnum() or one in "+#.-_")
    for name, following in pairwise(names):
        if name in {"brush:", "lang:"}:
            return str(following).strip(";")
    return "".join(one for one in node.get("data-code-block-lang") if one.isalnum() or one in "+#.-_")


def _list(node: Element, *, alternate: bool) -> list[str]:
    if (node.get("type") and node.name == "ol" and node.get("type") != "1") or "reversed" in node.attributes:
        return [] if node.is_empty() else [raw.block(node)]
    lines: list[str] = []
    start = node.get("start")
    number = int(start) if start.isdecimal() and len(start) < 9 else 1
    for item, inner in _items(node):
        if node.name == "ol":
            mark = f"{number}{')' if alternate else '.'} "
            number += 1
        else:
            mark = "* " if alternate else "- "
        text = _item_text(item, inner)
        lines.append(mark + ("\n" + " " * len(mark)).join(text.split("\n")))
    loose = any("\n\n" in line for line in lines)
    text = ("\n\n" if loose else "\n").join(lines)
    return ["\n".join(line.rstrip(" ") for line in text.split("\n"))] if lines else []


def _items(node: Element) -> Iterator[tuple[Element, list[HtmlNode]]]:
    """The items of a list; a list directly in a list belongs to the item before it."""
    found: list[tuple[Element, list[HtmlNode]]] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        if isinstance(child, Element) and child.name == "li":
            found.append((child, list(child.children)))
        elif isinstance(child, Element) and child.name in inline.DROPPED:
            continue
        elif found:
            found[-1][1].append(child)
        else:
            found.append((Element("li"), [child]))
    yield from found


def _item_text(item: Element, inner: list[HtmlNode]) -> str:
    box = next((one for one in inner if isinstance(one, Element) and one.name == "input"), None)
    mark = ""
    if box is not None and box.get("type") == "checkbox":
        mark = "[x] " if "checked" in box.attributes else "[ ] "
    parts = blocks(inner)
    if not parts:
        return mark.rstrip()
    joined = parts[0]
    for before, part in pairwise(parts):
        is_tight = part.startswith(("- ", "* ", "1. ")) and len(parts) == 2 and "\n" not in before
        joined += ("\n" if is_tight else "\n\n") + part
    return mark + _anchor(item) + joined


def _figure(node: Element) -> list[str]:
    captions = [one for one in node.elements() if one.name == "figcaption"]
    pictures = [one for one in node.elements() if one.name == "img"]
    caption = captions[-1] if captions else None
    rest = [child for child in node.children if child is not caption]
    if len(pictures) > 1 and any("gallery" in name for name in node.classes):
        gallery = _several_pictures(rest, pictures)
        if gallery:
            return [gallery, *(_caption(caption) if caption in node.children and caption else [])]
    if len(pictures) == 1 and len(captions) <= 1 and Element("", {}, rest).text().strip() == "":
        return _picture(node, pictures[0], caption)
    if caption is not None and caption in node.children:
        return [*blocks(rest), *_caption(caption)]
    return blocks(node.children)


def _several_pictures(nodes: Iterable[HtmlNode], pictures: list[Element]) -> str:
    """Pictures in one paragraph, which the page shows as a gallery; '' if there is more in it than pictures."""
    found = [line for one in blocks(nodes) for line in one.split("\n")]
    alone = [_ZOOM.sub(r"\1", line) for line in found]
    return "\n".join(alone) if len(alone) == len(pictures) and all(map(_PICTURE.fullmatch, alone)) else ""


def _picture(node: Element, image: Element, caption: Element | None) -> list[str]:
    link = next((one for one in node.elements() if one.name == "a" and image in list(one.elements())), None)
    side = raw.alignment(node) or raw.alignment(image)
    plain = caption is None or not any(caption.elements())
    words = escaping.collapsed(caption.text()).strip() if caption else ""
    is_linked = link is not None and bool(link.get("href"))
    width = next((ours for theirs, ours in _WIDTHS.items() if theirs in node.classes), "")
    if plain and not (is_linked and (width or side in _SIDES)):
        shown = inline.picture(Element("img", image.attributes | {"class": ""}), words)
        if link is not None and is_linked:
            return [f"[{shown}]({escaping.url(link.get('href'))})"]
        return [shown + (f"{{.{width or _SIDES[side]}}}" if width or side in _SIDES else "")]
    inner: list[HtmlNode] = [Element("a", {"href": link.get("href")}, [image]) if link else image]
    if caption is not None and not caption.is_empty():
        inner.append(caption)
    figure = Element("figure", {"class": side} if side else {}, inner)
    return [raw.block(figure)]


def _caption(node: Element) -> list[str]:
    text = inline.written([Element("em", {}, node.children)])
    return [text] if text else []


def _details(node: Element) -> list[str]:
    summary = next((one for one in node.children if isinstance(one, Element) and one.name == "summary"), None)
    rest = [child for child in node.children if child is not summary]
    heading = "".join(raw.block(summary)) if summary is not None else "<summary></summary>"
    return [f"<details>\n{heading}", *blocks(rest), "</details>"]


def _frame(node: Element) -> list[str]:
    """A player or a page of another site as a link: a text cannot hold it."""
    source = node.find("source")
    address = node.get("src") or (source.get("src") if source else "")
    address = f"https:{address}" if address.startswith("//") else address
    found = []
    if address.startswith(("http://", "https://", "/")):
        name = address.partition("?")[0].rpartition("/")[2]
        is_recording = node.name != "iframe" and _RECORDING.search(address)
        named = node.get("title") or node.get("aria-label") or (unquote(name) if is_recording else address)
        label = escaping.escaped(escaping.collapsed(named).strip())
        found.append(f"{'!' if is_recording else ''}[{label}]({escaping.url(address)})")
    return found + (blocks(node.children) if node.name != "iframe" else [])


def _container(node: Element) -> list[str]:
    side = raw.alignment(node)
    inner = blocks(node.children)
    anchor = _anchor(node) if inner else ""
    if anchor:
        inner.insert(0, anchor)
    if side in {"align-center", "align-right"} and inner and node.name in {"div", "center"}:
        return [f'<div class="{side}">', *inner, "</div>"]
    return inner


def _table(node: Element) -> list[str]:
    return [] if node.is_empty() else [tables.written(node)]


def _definitions(node: Element) -> list[str]:
    return [] if node.is_empty() else [raw.block(node)]


_WRITERS: Final[Mapping[str, Callable[[Element], list[str]]]] = {
    **dict.fromkeys(("p", "summary", "figcaption", "caption", "dt"), _paragraph),
    **dict.fromkeys(_HEADINGS, _heading),
    **dict.fromkeys(("iframe", "audio", "video"), _frame),
    "blockquote": _quotation,
    "pre": _code,
    "hr": lambda _: ["---"],
    "table": _table,
    "figure": _figure,
    "details": _details,
    "dl": _definitions,
}
