"""Reads Mobiledoc, the format of Ghost's editor from 1.0 to 5.0."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from masthead.importing.errors import Unreadable
from masthead.importing.ghost.cards import CardWriter
from masthead.importing.texts.record import BodyPart

_TEXT: Final = 0
_TAGS: Final = frozenset(
    {"a", "b", "strong", "i", "em", "u", "s", "del", "code", "sub", "sup", "mark", "span", "small", "cite", "q", "abbr", "kbd"}
)  # fmt: skip


def parts(text: str, cards: CardWriter) -> list[BodyPart]:
    """The parts of a document; raises `ValueError` or `Unreadable` if it is none."""
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("sections"), list):
        raise Unreadable("it has no sections")
    return list(_Reader(document, cards).sections())


class _Reader:
    def __init__(self, document: dict[str, Any], cards: CardWriter) -> None:
        self._document = document
        self._cards = cards

    def sections(self) -> Iterator[BodyPart]:
        html = ""
        for section in self._document["sections"]:
            match section:
                case [10, int(index), *_]:
                    name, payload = self._entry("cards", index)
                    yield BodyPart(html)
                    html = ""
                    yield self._cards.part(name, payload)
                case _:
                    html += self._section(section)
        yield BodyPart(html)

    def _section(self, section: Any) -> str:
        match section:
            case [1, str(tag), list(markers), *_]:
                return f"<{_tag(tag)}>{self._line(markers)}</{_tag(tag)}>"
            case [2, str(source), *_]:
                return f'<p><img src="{escape(source)}" alt=""></p>'
            case [3, str(tag), list(items), *_]:
                inner = "".join(f"<li>{self._line(item)}</li>" for item in items if isinstance(item, list))
                return f"<{tag}>{inner}</{tag}>" if tag in {"ul", "ol"} else inner
            case _:
                raise Unreadable("a section of an unknown kind")

    def _line(self, markers: list[Any]) -> str:
        html, opened = "", list[str]()
        for marker in markers:
            match marker:
                case [int(kind), list(begins), int(ends), value]:
                    for index in begins:
                        tag, attributes = self._markup(index)
                        opened.append(tag)
                        html += f"<{tag}{attributes}>" if tag else ""
                    html += escape(str(value), quote=False) if kind == _TEXT else self._atom(value)
                    for _ in range(min(ends, len(opened))):
                        tag = opened.pop()
                        html += f"</{tag}>" if tag else ""
                case _:
                    raise Unreadable("a marker of an unknown kind")
        return html + "".join(f"</{tag}>" for tag in reversed(opened) if tag)

    def _markup(self, index: Any) -> tuple[str, str]:
        markups = self._document.get("markups") or []
        if not isinstance(index, int) or not 0 <= index < len(markups) or not markups[index]:
            return "", ""
        tag, *rest = markups[index]
        pairs = rest[0] if rest and isinstance(rest[0], list) else []
        attributes = "".join(
            f' {name}="{escape(str(value))}"'
            for name, value in zip(pairs[::2], pairs[1::2], strict=False)
            if name in {"href", "title"}
        )
        return (str(tag).lower() if str(tag).lower() in _TAGS else ""), attributes

    def _atom(self, index: Any) -> str:
        if not isinstance(index, int):
            return ""
        atoms = self._document.get("atoms") or []
        if not 0 <= index < len(atoms) or not atoms[index]:
            return ""
        name, *rest = atoms[index]
        return "<br>" if name == "soft-return" else escape(str(rest[0]) if rest else "", quote=False)

    def _entry(self, table: str, index: int) -> tuple[str, dict[str, Any]]:
        entries = self._document.get(table) or []
        if not 0 <= index < len(entries) or not entries[index]:
            raise Unreadable("a card that is not there")
        name, *rest = entries[index]
        return str(name), rest[0] if rest and isinstance(rest[0], dict) else {}


def _tag(name: str) -> str:
    name = name.lower()
    known = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "pull-quote"}
    return {"pull-quote": "blockquote", "aside": "blockquote"}.get(name, name) if name in known else "p"
