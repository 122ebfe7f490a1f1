"""Footnotes, `[^1]` and `[^1]: …`: the plug-in's parser with bounds, and the ids of kramdown and Goldmark.

A colon stands in each of these ids, so no heading can take one.
"""

from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

MAX_LABEL_CHARACTERS: Final = 100


def footnotes(md: MarkdownIt) -> None:
    """Install footnotes with labels; inline notes (`^[…]`) nest without bound and stay text."""
    md.use(footnote_plugin, inline=False)
    md.inline.ruler.at("footnote_ref", _reference)
    md.add_render_rule("footnote_ref", _render_reference)
    md.add_render_rule("footnote_open", _render_open)
    # A section would need a heading.
    md.add_render_rule("footnote_block_open", _render_block_open)
    md.add_render_rule("footnote_block_close", _render_block_close)
    md.add_render_rule("footnote_anchor", _render_anchor)


def _reference(state: StateInline, silent: bool) -> bool:
    """Search the end of a label only nearby: the plug-in would read to the end of the paragraph each time."""
    if not state.src.startswith("[^", state.pos):
        return False
    if state.src.find("]", state.pos, min(state.pos + MAX_LABEL_CHARACTERS, state.posMax)) < 0:
        return False
    return footnote_ref(state, silent)


def _name(token: Token) -> str:
    """Return the number of a note, with the number of the repetition from the second reference on."""
    repeated = token.meta.get("subId", 0)
    number = token.meta["id"] + 1
    return f"{number}:{repeated}" if repeated else str(number)


def _render_reference(_: object, tokens: Sequence[Token], index: int, __: object, ___: EnvType) -> str:
    token = tokens[index]
    number = token.meta["id"] + 1
    return f'<sup class="footnote-ref"><a href="#fn:{number}" id="fnref:{_name(token)}">[{number}]</a></sup>'


def _render_block_open(_: object, __: Sequence[Token], ___: int, ____: object, _____: EnvType) -> str:
    return '<hr class="footnotes-sep">\n<div class="footnotes">\n<ol class="footnotes-list">\n'


def _render_block_close(_: object, __: Sequence[Token], ___: int, ____: object, _____: EnvType) -> str:
    return "</ol>\n</div>\n"


def _render_open(_: object, tokens: Sequence[Token], index: int, __: object, ___: EnvType) -> str:
    return f'<li id="fn:{tokens[index].meta["id"] + 1}" class="footnote-item">'


def _render_anchor(_: object, tokens: Sequence[Token], index: int, __: object, ___: EnvType) -> str:
    # The variation selector keeps iOS from showing the arrow as a coloured picture.
    return f' <a href="#fnref:{_name(tokens[index])}" class="footnote-backref">\u21a9\ufe0e</a>'
