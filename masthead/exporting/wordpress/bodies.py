"""HTML as WordPress expects it in a text without blocks.

WordPress makes `<br>` of every line break inside a paragraph and runs shortcodes in what looks like one. So line breaks
become spaces where they mean nothing, and square brackets become references.
"""

import re
from html import escape
from typing import Final

from masthead.text import lone_links
from masthead.text.absolute import absolute_links
from masthead.text.lone_links import LoneLink
from masthead.text.players import player_of

#: Tags as the sanitiser writes them, and the text between them.
_PIECE: Final = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*)(?:[^>\"]|\"[^\"]*\")*>|[^<]+|<")
_BREAK: Final = re.compile(r"[ \t]*[\r\n]\s*")
#: After these a line may end.
_BLOCKS: Final = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "td", "th", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr",
    "blockquote", "figure", "pre", "hr", "div", "details", "dl", "section",
))  # fmt: skip


def body(clean_html: str, address: str) -> str:
    """The HTML of a text for WordPress, with absolute links; `address` is that of the text."""
    html = absolute_links(lone_links.replaced(clean_html, _player), address)
    return _without_breaks(html).strip().replace("[", "&#91;")


def _player(link: LoneLink) -> str | None:
    """A lone link to a film or a sound: WordPress shows the player for an address alone in its paragraph."""
    if link.is_embed and player_of(link.address) is not None:
        return f"<p>{escape(link.address)}</p>"
    return None


def _without_breaks(html: str) -> str:
    pieces: list[str] = []
    depth, before = 0, ""
    for match in _PIECE.finditer(html):
        name = (match["name"] or "").lower()
        if name == "pre":
            depth += -1 if match["end"] else 1
        if name or depth > 0:
            pieces.append(match[0])
        elif match[0].isspace() and before in _BLOCKS:
            pieces.append("\n" if "\n" in match[0] else match[0])
        else:
            pieces.append(_BREAK.sub(" ", match[0]))
        before = name
    return "".join(pieces)
