"""Core rules that give a parsed text Masthead's shapes: aligned cells, task lists, lowered headings.

Each is one pass over the tokens, after the parser and before the renderer.
"""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ALIGNMENT: Final = re.compile(r"text-align:(left|center|right)")
_COMMENT_HEADINGS_BELOW: Final = 3


def lowered_headings(md: MarkdownIt) -> None:
    """Lower the headings of a comment below those of its page."""
    md.core.ruler.push("lowered_headings", _lower_headings)


def aligned_cells(md: MarkdownIt) -> None:
    """Align a cell by a class: the page allows no inline style."""
    md.core.ruler.push("aligned_cells", _align_cells)


def labelled_tasks(md: MarkdownIt) -> None:
    """Wrap the checkbox of a task in a label with its text, so that a screen reader announces both."""
    md.core.ruler.push("labelled_tasks", _label_tasks)


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _COMMENT_HEADINGS_BELOW, 6)}"


def _align_cells(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            match = _ALIGNMENT.match(str(token.attrs.pop("style", "")))
            if match:
                token.attrSet("class", f"align-{match[1]}")


def _label_tasks(state: StateCore) -> None:
    for index, token in enumerate(state.tokens):
        if token.type != "list_item_open" or "checked" not in token.meta:
            continue
        text = state.tokens[index + 2] if index + 2 < len(state.tokens) else token
        if text.type != "inline" or text.children is None:
            continue
        checked = ' checked=""' if token.meta["checked"] else ""
        box = f'<label><input class="task-list-item-checkbox" type="checkbox" disabled=""{checked}> '
        text.children = [
            Token("html_inline", "", 0, content=box),
            *text.children,
            Token("html_inline", "", 0, content="</label>"),
        ]
