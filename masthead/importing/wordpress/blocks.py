"""Reads the blocks of WordPress's editor: comments with a name and JSON around HTML."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from masthead.importing.items import NoteCollector

_BLOCK: Final = re.compile(
    r"<!--\s+(?P<end>/)?wp:(?P<name>[a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)\s+(?P<json>\{(?:(?!-->).){0,200000}?\}\s+)?(?P<void>/)?-->",
    re.DOTALL,
)
MORE: Final = "<!--more-->"
MAX_DEPTH: Final = 60
#: Blocks that show parts of the old site and have no text of their own.
_OF_THE_SITE: Final = re.compile(
    r"(?:latest-(?:posts|comments)|archives|calendar|categories|tag-cloud|search|rss|page-list|login(?:out)?|query.*|post-.*|"
    r"comment.*|site-.*|navigation.*|avatar|template-part|term-.*|home-link|read-more|pattern|widget-group|legacy-widget|"
    r"breadcrumbs|terms-query|term-template|spacer)"
)
#: Blocks whose HTML says it all, and the elements in it are converted as such.
_PLAIN: Final = frozenset({
    "paragraph", "heading", "list", "list-item", "quote", "pullquote", "code", "preformatted", "verse", "table", "image", "gallery",
    "cover", "media-text", "columns", "column", "group", "row", "stack", "buttons", "button", "separator", "details", "file",
    "audio", "video", "html", "text-columns", "subhead", "social-links", "math", "accordion", "accordion-item",
    "accordion-heading", "accordion-panel", "tabs", "tab", "icon",
})  # fmt: skip


@dataclass(slots=True)
class BlockContext:
    """Everything that blocks need beside their own text."""

    #: The content of a reusable block, by its number; '' if it is not in the export.
    reusable: Callable[[str], str]
    #: Converts a classic text within a block.
    classic: Callable[[str], str]
    shortcodes: Callable[[str], str]
    notes: NoteCollector
    visible: Counter[str] = field(default_factory=Counter)
    #: The reusable blocks around the present text, which must not hold themselves.
    within: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    name: str
    attributes: dict[str, Any]
    start: int


def has_blocks(text: str) -> bool:
    """Check if the text was written with blocks."""
    return "<!-- wp:" in text


def html_of(text: str, context: BlockContext) -> str:
    """The HTML of a text with blocks."""
    return _Reader(context).read(text)


class _Reader:
    def __init__(self, context: BlockContext) -> None:
        self._context = context
        self._parts: list[str] = []
        self._open: list[_Open] = []

    def read(self, text: str) -> str:
        position = 0
        for match in _BLOCK.finditer(text):
            self._between(text[position : match.start()])
            position = match.end()
            name = match["name"].removeprefix("core/")
            if match["end"]:
                self._end(name)
            elif match["void"]:
                self._parts.append(self._block(name, _attributes(match["json"]), ""))
            elif len(self._open) < MAX_DEPTH:
                self._open.append(_Open(name, _attributes(match["json"]), len(self._parts)))
        self._between(text[position:])
        while self._open:
            self._end(self._open[-1].name)
        return "".join(self._parts)

    def _between(self, text: str) -> None:
        is_free = not self._open and text.strip()
        self._parts.append(self._context.classic(text) if is_free else text)

    def _end(self, name: str) -> None:
        depth = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at].name == name), None)
        if depth is None:
            return
        for one in reversed(self._open[depth:]):
            inner = "".join(self._parts[one.start :])
            self._parts[one.start :] = [self._block(one.name, one.attributes, inner)]
        del self._open[depth:]

    def _block(self, name: str, attributes: dict[str, Any], inner: str) -> str:
        context = self._context
        name = "embed" if name.startswith("core-embed/") else name
        writers: dict[str, Callable[[], str]] = {
            "more": lambda: MORE,
            "nextpage": lambda: "<!--nextpage-->",
            "block": lambda: self._reusable(str(attributes.get("ref", ""))),
            "freeform": lambda: context.classic(inner),
            "classic": lambda: context.classic(inner),
            "shortcode": lambda: context.shortcodes(inner),
            "missing": lambda: inner or str(attributes.get("originalContent", "")),
            "embed": lambda: _embed(attributes, inner),
            "footnotes": lambda: "",
            "social-link": lambda: _link(attributes),
            "navigation-link": lambda: _link(attributes),
            "cover": lambda: _cover(attributes, inner),
        }
        writer = writers.get(name)
        return writer() if writer else self._other(name, attributes, inner)

    def _reusable(self, number: str) -> str:
        content = self._context.reusable(number) if number not in self._context.within else ""
        if not content.strip():
            self._context.notes.lost("reusable blocks", f"block {number[:20]} is not in the export")
            return ""
        inner = BlockContext(
            self._context.reusable, self._context.classic, self._context.shortcodes,
            self._context.notes, self._context.visible, (*self._context.within, number),
        )  # fmt: skip
        return html_of(content, inner) if has_blocks(content) else self._context.classic(content)

    def _other(self, name: str, attributes: dict[str, Any], inner: str) -> str:
        if name in _PLAIN or (not inner.strip() and name == "spacer"):
            return inner
        if _OF_THE_SITE.fullmatch(name):
            if name != "spacer" and not name.startswith(("query-", "comments-pagination")):
                self._context.notes.lost(f"block {name}", "it shows a part of the old site")
            return inner
        self._context.visible[f"wp:{name}"] += 1
        if re.sub(r"<[^>]*>", "", inner).strip() or "<img" in inner:
            return inner
        written = json.dumps(attributes, ensure_ascii=False)[:2_000] if attributes else ""
        return f"<p><code>[{escape(f'{name} {written}'.strip())}]</code></p>"


def footnotes(value: str) -> Iterator[dict[str, Any]]:
    """The footnotes in a field."""
    try:
        notes = json.loads(value)
    except (ValueError, RecursionError):
        return
    for note in notes if isinstance(notes, list) else ():
        if isinstance(note, dict) and isinstance(note.get("content"), str) and "id" in note:
            yield note


def _attributes(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _embed(attributes: dict[str, Any], inner: str) -> str:
    """A page of another site as a link, with its caption."""
    address = str(attributes.get("url") or "").strip()
    caption = re.search(r"<figcaption[^>]*>.*?</figcaption>", inner, re.DOTALL)
    if not address.startswith(("http://", "https://")):
        return inner
    link = f'<p><a href="{escape(address)}">{escape(address)}</a></p>'
    return f"<figure>{link}{caption[0]}</figure>" if caption else link


def _cover(attributes: dict[str, Any], inner: str) -> str:
    """A text before a picture: the picture first."""
    address = attributes.get("url")
    if "<img" in inner or not address:
        return inner
    return f'<p><img src="{escape(str(address))}" alt=""></p>{inner}'


def _link(attributes: dict[str, Any]) -> str:
    address = str(attributes.get("url") or "").strip()
    label = str(attributes.get("label") or attributes.get("service") or address)
    return (
        f'<p><a href="{escape(address)}">{escape(re.sub(r"<[^>]*>", "", label))}</a></p>' if address else ""
    )
