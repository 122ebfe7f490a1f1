"""Attribute lists behind pictures, as in Pandoc and kramdown: `![alt](address "caption"){.wide}`.

A list has classes (`.wide`), and keys with values (`captions=/media/a.vtt`). Words that mean nothing here are ignored,
so that texts from other systems show no braces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common import normalize_url
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: Classes of figures, by the words that writers use for them.
FIGURE_CLASSES: Final = {
    "wide": "wide",
    "full": "full",
    "left": "align-left",
    "right": "align-right",
    "center": "align-center",
    "align-left": "align-left",
    "align-right": "align-right",
    "align-center": "align-center",
}
MAX_CHARACTERS: Final = 2_000
_LIST: Final = re.compile(r"\{:?([^{}\n]{0,2000})\}")
_WORD: Final = re.compile(
    r"\s*+(?:\.(?P<class>[\w-]{1,60})|#[\w-]{1,60}|(?P<key>[a-zA-Z][\w-]{0,59})=(?:\"(?P<quoted>[^\"]*+)\"|(?P<plain>[^\s\"]++)))(?=\s|$)"
)
_KEY: Final = "media"


@dataclass(frozen=True, slots=True)
class MediaAttributes:
    """The attributes behind one picture, player or file."""

    classes: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)

    def address(self, key: str) -> str:
        """Return a value that is a URL; empty if there is none, or one that browsers could run."""
        url = normalize_url.normalizeLink(self.values.get(key, "").strip())
        return url if normalize_url.validateLink(url) else ""


NONE: Final = MediaAttributes()


def media_attributes(md: MarkdownIt) -> None:
    """Install the rule. It runs before addresses become links, so that a value may be a whole URL."""
    md.core.ruler.before("autolinks", "media_attributes", _read_lists)


def attributes_of(image: Token) -> MediaAttributes:
    """Return the attributes of an image's token."""
    found = image.meta.get(_KEY, NONE)
    return found if isinstance(found, MediaAttributes) else NONE


def parsed(source: str) -> MediaAttributes | None:
    """Return the attributes in braces; None if the braces hold something else."""
    classes: list[str] = []
    values: dict[str, str] = {}
    position = 0
    for word in _words(source):
        position = word.end()
        if word["class"]:
            classes.append(word["class"])
        elif word["key"]:
            values[word["key"].lower()] = word["quoted"] if word["quoted"] is not None else word["plain"]
    if source[position:].strip() or not position:
        return None
    known = [FIGURE_CLASSES[name] for name in classes if name in FIGURE_CLASSES]
    return MediaAttributes(tuple(dict.fromkeys(known)), values)


def _words(source: str) -> Iterator[re.Match[str]]:
    position = 0
    while word := _WORD.match(source, position):
        yield word
        position = word.end()


def _read_lists(state: StateCore) -> None:
    for block in state.tokens:
        if block.type == "inline" and block.children and "{" in block.content:
            _read_lists_of(block.children)


def _read_lists_of(children: list[Token]) -> None:
    image: Token | None = None
    for token in children:
        if token.type == "image":
            image = token
        elif token.type == "link_close":
            # A linked picture has its attributes behind the link.
            continue
        elif image is not None and token.type == "text":
            _take(image, token)
            image = None
        else:
            image = None


def _take(image: Token, text: Token) -> None:
    match = _LIST.match(text.content)
    found = parsed(match[1]) if match else None
    if match and found:
        image.meta[_KEY] = found
        text.content = text.content[match.end() :]
