"""Heading ids: explicit ones as written, all others by the rule that GitHub, Goldmark and kramdown share.

Links between texts and from other sites end in these ids, so they are public addresses: a change of the rule
needs aliases for the ids before it (see `masthead.text.anchors`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from masthead.text import sanitise

#: The id of a heading without letters, as in Goldmark and Hugo.
UNNAMED: Final = "heading"

_RAW_TAG: Final = re.compile(r"<[a-z][^>]*+>?", re.IGNORECASE)
_RAW_ID: Final = re.compile(
    r"""\sid\s*=\s*(?:"([^"]{1,300})"|'([^']{1,300})'|([^\s"'<>=`]{1,300}))""", re.IGNORECASE
)
_RAW_NAME: Final = re.compile(r"""(<a\b(?:(?!\sid\s*=)[^>])*?\s)name(?=\s*=)""", re.IGNORECASE)
_ATTRIBUTE: Final = r"""(?:\#[^\s{}\#"'<>&`]+|\.[\w-]+|[\w-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s{}"']+))"""
#: `{#id}`, `{ #id .class key="value" }` and kramdown's `{: #id}`.
_ATTRIBUTES: Final = re.compile(
    rf"(?P<list>\{{:?[ \t]*{_ATTRIBUTE}(?>(?:[ \t]+{_ATTRIBUTE})*)[ \t]*\}})[ \t]*$"
)
_EXPLICIT_ID: Final = re.compile(r"(?<=[{\s:])#([^\s{}#\"'<>&`]+)")
_ATTRIBUTE_CHARACTERS: Final = 600


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a table of contents."""

    level: int
    id: str
    text: str


def anchored_headings(md: MarkdownIt) -> None:
    """Give each heading an id and list it in `env["toc"]`; an `<a name>` becomes an `<a id>`."""
    md.core.ruler.push("anchored_headings", _anchor_headings)


def heading_id(text: str) -> str:
    """Return the id of a heading with this text: lower case, hyphens for spaces, letters of any script kept."""
    words = " ".join(text.split()).lower().replace(" ", "-")
    return "".join(filter(_is_kept, words)) or UNNAMED


def spoken(tokens: list[Token] | None) -> str:
    """Return the text of inline tokens, without markup."""
    return " ".join("".join(_said(tokens or [])).split())


def _said(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "math_inline"):
            yield token.content
        elif token.type == "image":
            yield spoken(token.children)
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def _is_kept(character: str) -> bool:
    return character.isalpha() or character == "-" or unicodedata.category(character) in _WORD_CATEGORIES


#: Letters, marks, decimal digits and connecting punctuation: `\p{Word}`, on which the three tools agree.
_WORD_CATEGORIES: Final = frozenset({"Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Pc"})


def _anchor_headings(state: StateCore) -> None:
    toc: list[Heading] = []
    taken = _raw_ids(state.tokens)
    explicit = _take_explicit_ids(state.tokens)
    taken.update(explicit.values())
    next_number: dict[str, int] = {}
    for index, token in enumerate(state.tokens):
        if token.type != "heading_open":
            continue
        text = spoken(state.tokens[index + 1].children)
        identity = explicit.get(id(token))
        if identity is None:
            identity = _free(sanitise.content_id(heading_id(text)), taken, next_number)
        token.attrSet("id", identity)
        toc.append(Heading(int(token.tag[1]), identity, text))
    state.env["toc"] = toc


def _free(name: str, taken: set[str], next_number: dict[str, int]) -> str:
    identity = name
    while identity in taken or sanitise.is_reserved(identity):
        next_number[name] = next_number.get(name, 0) + 1
        identity = f"{name}-{next_number[name]}"
    taken.add(identity)
    return identity


def _take_explicit_ids(tokens: list[Token]) -> dict[int, str]:
    """Cut the attribute lists off the headings; return the first id in each, by heading."""
    named: dict[int, str] = {}
    taken: set[str] = set()
    for index in range(len(tokens) - 1):
        if tokens[index].type != "heading_open":
            continue
        written = _cut_attributes(tokens[index + 1]) or _cut_line_below(tokens, index)
        found = _EXPLICIT_ID.search(written)
        identity = sanitise.content_id(found[1]) if found else ""
        if identity and not sanitise.is_reserved(identity) and identity not in taken:
            taken.add(identity)
            named[id(tokens[index])] = identity
    return named


def _cut_attributes(inline: Token) -> str:
    """Remove the attribute list that ends the inline tokens of a heading, and return it."""
    children = inline.children or []
    if not children or children[-1].type != "text":
        return ""
    text = children[-1].content
    found = _ATTRIBUTES.search(text, max(0, len(text) - _ATTRIBUTE_CHARACTERS))
    if found is None:
        return ""
    children[-1].content = text[: found.start()].rstrip()
    return found["list"]


def _cut_line_below(tokens: list[Token], index: int) -> str:
    """Remove a paragraph below a heading that consists of a kramdown attribute list; return it."""
    below = tokens[index + 3 : index + 6]
    if [token.type for token in below] != ["paragraph_open", "inline", "paragraph_close"]:
        return ""
    heading_lines, lines = tokens[index].map, below[0].map
    if not heading_lines or not lines or lines[0] != heading_lines[1]:
        return ""
    text = below[1].content.strip()
    if not text.startswith("{:") or len(text) > _ATTRIBUTE_CHARACTERS or not _ATTRIBUTES.fullmatch(text):
        return ""
    for token in (below[0], below[2]):
        token.hidden = True
    below[1].children = []
    return text


def _raw_ids(tokens: list[Token]) -> set[str]:
    """Return the ids in the author's own HTML, so that no automatic id repeats one."""
    taken: set[str] = set()
    for token in tokens:
        for piece in (token, *(token.children or ())):
            if piece.type in ("html_block", "html_inline"):
                piece.content = _RAW_NAME.sub(r"\1id", piece.content)
                for tag in _RAW_TAG.findall(piece.content):
                    taken.update(sanitise.content_id("".join(match)) for match in _RAW_ID.findall(tag))
    return taken
