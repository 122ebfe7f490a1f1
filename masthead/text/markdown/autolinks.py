"""Bare web addresses in running text become links, by the rules of GitHub Flavored Markdown.

linkify-it, markdown-it's own helper, takes quadratic time on unclosed brackets in an address, and would also
make links of `setup.py` and `README.md`; so this reads addresses that begin with a scheme or `www.` only.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: Chinese and Japanese set no space behind the end of a clause, and no address holds these unencoded.
_WIDE_PUNCTUATION: Final = "\u3000-\u3003\u3008-\u3011\u3014-\u301f\u30fb\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b-\uff65"
_ADDRESS: Final = re.compile(
    r"(?<![\w@./:-])(?:https?://|www\.)[^\s<>\"`\x00-\x1f" + _WIDE_PUNCTUATION + "]{1,2000}", re.IGNORECASE
)
_TRAILING: Final = "?!.,:;*_~'’”…"
_HOST: Final = re.compile(r"[\w\[][^/?#]*", re.DOTALL)


def autolinks(md: MarkdownIt) -> None:
    """Install the rule; it runs before escaped characters join their neighbours, so `http\\://` stays text."""
    md.core.ruler.before("text_join", "autolinks", _link_addresses)


def _link_addresses(state: StateCore) -> None:
    for block in state.tokens:
        if block.type == "inline" and block.children and _ADDRESS.search(block.content):
            block.children = _with_links(block.children, state.md)


def _with_links(children: list[Token], md: MarkdownIt) -> list[Token]:
    linked: list[Token] = []
    link_depth = 0
    for token in children:
        link_depth = max(0, link_depth + _link_step(token))
        if token.type == "text" and not link_depth:
            linked.extend(_split(token, md))
        else:
            linked.append(token)
    return linked


def _link_step(token: Token) -> int:
    if token.type in ("link_open", "link_close"):
        return token.nesting
    if token.type == "html_inline":
        tag = token.content[:3].lower()
        return 1 if tag in ("<a ", "<a>", "<a\n", "<a\t") else -1 if tag == "</a" else 0
    return 0


def _split(text: Token, md: MarkdownIt) -> list[Token]:
    content, position = text.content, 0
    tokens: list[Token] = []
    for match in _ADDRESS.finditer(content):
        address = trimmed(match.group())
        target = address if "://" in address else "http://" + address
        if not _HOST.match(target.partition("://")[2]):
            continue
        tokens.append(_text(content[position : match.start()], text.level))
        tokens.append(Token("link_open", "a", 1, attrs={"href": md.normalizeLink(target)}, level=text.level))
        tokens.append(_text(address, text.level + 1))
        tokens.append(Token("link_close", "a", -1, level=text.level))
        position = match.start() + len(address)
    if not tokens:
        return [text]
    tokens.append(_text(content[position:], text.level))
    return [token for token in tokens if token.type != "text" or token.content]


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence around it; brackets stay while they pair."""
    unpaired = {")": address.count(")") - address.count("("), "]": address.count("]") - address.count("[")}
    end = len(address)
    while end:
        last = address[end - 1]
        if last in unpaired and unpaired[last] > 0:
            unpaired[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]
