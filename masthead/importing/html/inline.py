"""Writes the elements of a line as Markdown: emphasis, links, pictures, code, breaks.

Marks of emphasis stand only where CommonMark reads them as marks; elsewhere the element stays a tag, which means the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from masthead.importing.html import escaping
from masthead.importing.html.tree import Element, HtmlNode
from masthead.text.profiles import SanitiserProfile
from masthead.text.sanitise import TAGS

_MARKS: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
#: The tag of an element where its mark cannot stand.
_TAGS: Final = {"**": "strong", "*": "em", "***": "strong em", "~~": "del"}
_RENAMED: Final = {"tt": "code", "acronym": "abbr", "big": "strong", "strike": "del"}
#: These say nothing without the style sheet of the old site.
_TRANSPARENT: Final = frozenset({"font", "span", "center", "nobr", "label", "button", "tk", "o:p", "picture"})
DROPPED: Final = frozenset({
    "script", "style", "noscript", "template", "link", "meta", "head", "title", "param", "source", "track", "base", "svg",
    "input", "select", "textarea", "canvas", "map", "area",
})  # fmt: skip
_KEPT: Final = TAGS[SanitiserProfile.ARTICLE]
_ALIGNMENTS: Final = {
    "alignleft": "align-left", "alignright": "align-right", "aligncenter": "align-center",
}  # fmt: skip
_AUTOLINK: Final = re.compile(r"https?://[^\s<>\\`]{1,2000}")
HARD_BREAK: Final = "\\\n"


#: True while a text is written that may hold no tags.
_no_tags: ContextVar[bool] = ContextVar("masthead_markdown_without_tags", default=False)


def without_tags(write: Callable[[], str]) -> str:
    """Call a function that writes Markdown; marks that cannot stand are left out instead of becoming tags."""
    token = _no_tags.set(True)
    try:
        return write()
    finally:
        _no_tags.reset(token)


@dataclass(slots=True, eq=False)
class _Mark:
    """A mark of emphasis that is not decided yet."""

    mark: str
    opens: bool
    partner: "_Mark | None" = None
    as_tag: bool = False

    @property
    def written(self) -> str:
        if not self.as_tag:
            return self.mark
        if _no_tags.get():
            return ""
        names = _TAGS[self.mark].split()
        return (
            "".join(f"<{name}>" for name in names)
            if self.opens
            else "".join(f"</{name}>" for name in reversed(names))
        )


_Piece = str | _Mark


def written(nodes: Iterable[HtmlNode]) -> str:
    """The Markdown of a line or paragraph, with hard breaks."""
    pieces: list[_Piece] = []
    for node in nodes:
        _add(node, pieces)
    pieces = _without_outer_space(pieces)
    _decide(pieces)
    text = "".join(piece if isinstance(piece, str) else piece.written for piece in pieces)
    return "\n".join(escaping.line_starts_escaped(line) for line in _tidy_breaks(text).split("\n"))


def picture(element: Element, caption: str = "") -> str:
    """A picture with its text for people who cannot see it, and its caption as the title."""
    source, alt = element.get("src"), escaping.escaped(escaping.collapsed(element.get("alt")).strip())
    if not source:
        return alt
    side = next((_ALIGNMENTS[name] for name in element.classes if name in _ALIGNMENTS), "")
    if side and not caption and side != "align-center":
        return (
            "<img" + escaping.attribute("src", source) + escaping.attribute("alt", element.get("alt"))
            + escaping.attribute("class", side) + ">"
        )  # fmt: skip
    named = f" {escaping.title(caption)}" if caption else ""
    return f"![{alt}]({escaping.url(source)}{named})"


def _add_text(text: str, pieces: list[_Piece]) -> None:
    text = escaping.collapsed(text)
    if text.startswith(" ") and _ends_with_space(pieces):
        text = text[1:]
    if text:
        # Behind a picture, braces would be its attributes.
        is_list = text.startswith("{") and bool(pieces) and str(pieces[-1]).endswith(")")
        pieces.append(("\\" if is_list else "") + escaping.escaped(text))


def _add(node: HtmlNode, pieces: list[_Piece]) -> None:
    if isinstance(node, str):
        _add_text(node, pieces)
        return
    if node.name in DROPPED:
        return
    name = _RENAMED.get(node.name, node.name)
    if name == "code" and not any(node.elements()):
        if node.text().strip():
            pieces.append(escaping.code_span(node.text()))
    elif name in _MARKS:
        _add_marked(node, _MARKS[name], pieces)
    elif name in _SINGLE:
        pieces.append(_SINGLE[name](node))
    elif name == "a":
        _add_link(node, pieces)
    elif name in _TRANSPARENT or name not in _KEPT:
        _add_id(node, pieces)
        for child in node.children:
            _add(child, pieces)
    else:
        _add_tagged(node, pieces)


def _add_id(node: Element, pieces: list[_Piece]) -> None:
    if node.get("id") and node.name in {"span", "a"}:
        pieces.append(f"<span{escaping.attribute('id', node.get('id'))}></span>")


def _add_link(node: Element, pieces: list[_Piece]) -> None:
    inner: list[_Piece] = []
    for child in node.children:
        _add(child, inner)
    address = node.get("href").strip()
    _add_id(node, pieces)
    if not address:
        pieces += inner
        return
    before, core, after = _outer_space(inner)
    pieces += before
    if core:
        _decide(core)
        label = "".join(one if isinstance(one, str) else one.written for one in core)
        if label == escaping.escaped(address) and _AUTOLINK.fullmatch(address) and not node.get("title"):
            pieces += [f"<{address}>", *after]
            return
        named = (
            f" {escaping.title(node.get('title'))}"
            if node.get("title") and node.get("title") != label
            else ""
        )
        pieces.append(f"[{label}]({escaping.url(address)}{named})")
    pieces += after


def _add_marked(node: Element, mark: str, pieces: list[_Piece]) -> None:
    inner: list[_Piece] = []
    for child in node.children:
        _add(child, inner)
    before, core, after = _outer_space(inner)
    _add_id(node, pieces)
    if before and not _ends_with_space(pieces):
        pieces += before
    if core:
        only = core[0]
        if isinstance(only, _Mark) and only.partner is core[-1] and {only.mark, mark} == {"*", "**"}:
            # Bold and italic for the same words are one mark.
            core, mark = core[1:-1], "***"
        first, last = _Mark(mark, opens=True), _Mark(mark, opens=False)
        first.partner, last.partner = last, first
        # A mark within the same mark would end it.
        as_tag = any(
            isinstance(one, _Mark) and (one.mark == mark or "***" in {one.mark, mark}) for one in core
        )
        first.as_tag = last.as_tag = as_tag
        pieces += [first, *core, last]
    pieces += after


def _add_tagged(node: Element, pieces: list[_Piece]) -> None:
    name = _RENAMED.get(node.name, node.name)
    kept = ("title", "datetime", "id", "lang", "dir")
    attributes = "".join(escaping.attribute(one, node.get(one)) for one in kept if node.get(one))
    inner: list[_Piece] = []
    for child in node.children:
        _add(child, inner)
    before, core, after = _outer_space(inner)
    pieces += before
    if core or node.get("id"):
        pieces += [f"<{name}{attributes}>", *core, f"</{name}>"]
    pieces += after


def _ends_with_space(pieces: Sequence[_Piece]) -> bool:
    last = next((one for one in reversed(pieces) if isinstance(one, str) and one), None)
    return last is not None and last[-1] in " \n"


def _outer_space(inner: list[_Piece]) -> tuple[list[_Piece], list[_Piece], list[_Piece]]:
    """White space and breaks before, the rest, and those after: they may not stand beside a mark."""
    start, end = 0, len(inner)
    before: list[_Piece] = []
    after: list[_Piece] = []
    while start < end and isinstance(one := inner[start], str) and (one == HARD_BREAK or not one.strip(" ")):
        before.append(one)
        start += 1
    while (
        end > start and isinstance(one := inner[end - 1], str) and (one == HARD_BREAK or not one.strip(" "))
    ):
        after.insert(0, one)
        end -= 1
    core = inner[start:end]
    if core and isinstance(first := core[0], str) and first.startswith(" "):
        before.append(" ")
        core[0] = first.lstrip(" ")
    if core and isinstance(last := core[-1], str) and last.endswith(" "):
        after.insert(0, " ")
        core[-1] = last.rstrip(" ")
    return before, core, after


def _without_outer_space(pieces: list[_Piece]) -> list[_Piece]:
    _, core, _ = _outer_space(pieces)
    return core


def _decide(pieces: Sequence[_Piece]) -> None:
    """Decide for each pair of marks if CommonMark would read it as marks."""
    places = {id(piece): index for index, piece in enumerate(pieces)}
    for index, piece in enumerate(pieces):
        if not isinstance(piece, _Mark) or not piece.opens or piece.partner is None or piece.as_tag:
            continue
        end = places.get(id(piece.partner))
        if end is None:
            continue
        before, first = _character(pieces, index, -1), _character(pieces, index, 1)
        last, after = _character(pieces, end, -1), _character(pieces, end, 1)
        fits = _may_touch(first, before) and _may_touch(last, after)
        piece.as_tag = piece.partner.as_tag = not fits


def _character(pieces: Sequence[_Piece], index: int, step: int) -> str:
    """The character beside a mark; '' at the edge of the text."""
    at = index + step
    while 0 <= at < len(pieces):
        piece = pieces[at]
        text = piece if isinstance(piece, str) else piece.written
        if text == HARD_BREAK:
            return "\n"
        if text:
            return text[0] if step > 0 else text[-1]
        at += step
    return ""


def _may_touch(inner: str, outer: str) -> bool:
    """Check the rule of flanking marks, strictly: a letter inside always does, another mark beside it never."""
    if not inner or inner.isspace() or inner in "*~" or outer in {"*", "~"}:
        return False
    if inner.isalnum() and inner.isascii():
        return True
    if inner.isalpha():
        return outer == "" or outer.isspace() or outer.isalnum()
    return outer == "" or (outer.isspace() and outer != "\xa0")


def _tidy_breaks(text: str) -> str:
    """Breaks without space around them, and none at the end, where Markdown would show the backslash."""
    lines = [line.strip(" ") for line in text.split("\n")]
    while lines and lines[-1] in {"", "\\"}:
        lines.pop()
    if lines and lines[-1].endswith("\\") and len(lines[-1]) - len(lines[-1].rstrip("\\")) == 1:
        lines[-1] = lines[-1][:-1]
    if _no_tags.get():
        return "\n".join(line for line in lines if line != "\\")
    return "\n".join("<br>\\" if line == "\\" else line for line in lines)


def footnote_label(identity: str) -> str:
    """The label of a footnote with this id."""
    return re.sub(r"[^A-Za-z0-9]", "", identity)[:8] or "note"


#: Elements without content.
_SINGLE: Final[Mapping[str, Callable[[Element], str]]] = {
    "br": lambda _: HARD_BREAK,
    "img": picture,
    "footnote": lambda node: f"[^{footnote_label(node.get('data-fn'))}]",
}
