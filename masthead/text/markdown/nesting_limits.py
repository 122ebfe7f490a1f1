"""Bounds on what a single rule of the parser makes: how deep blocks nest, how many cells a table has, what blocks cost.

The parser itself leaves out what lies too deep. Here the marks of a block that would are shown as text instead, so
nothing that was written vanishes.
"""

from collections.abc import Callable
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import (
    StateBlock,
    blockquote,
    fence,
    heading,
    html_block,
    lheading,
    list_block,
    table,
)
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote.index import footnote_def

from masthead.text.markdown import work_limit

#: Levels of tokens: a list takes two, a quotation one.
MAX_LEVEL: Final = 60
#: What the parser is told; no rule opens a block that comes so deep.
MAX_NESTING: Final = MAX_LEVEL + 40
#: Cells of a table that cost one step: each is several tokens before any is read.
CELLS_PER_STEP: Final = 2
_DELIMITERS: Final = frozenset("|-: \t>")

Rule = Callable[[StateBlock, int, int, bool], bool]


def bounded_blocks(md: MarkdownIt) -> None:
    """Install the bounds; after every plug-in that brings blocks."""
    # The blocks that each rule may interrupt, as the parser has them. A list that interrupts a list makes one of each item.
    text: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    text_and_lists: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.at("blockquote", _not_too_deep(blockquote), text_and_lists)
    md.block.ruler.at("list", _not_too_deep(list_block), text)
    md.block.ruler.at("table", _counted(table), {"alt": ["paragraph", "reference"]})
    md.block.ruler.at("fence", _costing(fence, work_limit.STEPS_OF_A_LISTING), text_and_lists)
    md.block.ruler.at("heading", _costing(heading, work_limit.STEPS_OF_A_HEADING), text)
    md.block.ruler.at("lheading", _costing(lheading, work_limit.STEPS_OF_A_HEADING))
    md.block.ruler.at("html_block", _costing(html_block, work_limit.STEPS_OF_RAW_HTML), text)
    if "footnote_def" in md.block.ruler.get_all_rules():
        md.block.ruler.at("footnote_def", _not_too_deep(footnote_def), {"alt": ["paragraph", "reference"]})
    _bound_definitions(md)


def _bound_definitions(md: MarkdownIt) -> None:
    spare = MarkdownIt().use(deflist_plugin)
    rule = next(rule.fn for rule in spare.block.ruler.__rules__ if rule.name == "deflist")
    md.block.ruler.at("deflist", _not_too_deep(rule), {"alt": ["paragraph", "reference", "blockquote"]})


def _not_too_deep(rule: Rule) -> Rule:
    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_LEVEL and rule(state, start, end, silent)

    return bounded


def _costing(rule: Rule, steps: int) -> Rule:
    def paid(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        found = rule(state, start, end, silent)
        if found and not silent:
            work_limit.take(state.env, steps)
        return found

    return paid


def _counted(rule: Rule) -> Rule:
    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if start + 1 < end and _is_delimiter_row(state, start + 1):
            work_limit.take(state.env, _cells(state, start, end) // CELLS_PER_STEP)
        return rule(state, start, end, silent)

    return bounded


def _is_delimiter_row(state: StateBlock, line: int) -> bool:
    row = state.src[state.bMarks[line] : state.eMarks[line]]
    return "-" in row and _DELIMITERS.issuperset(row)


def _cells(state: StateBlock, start: int, end: int) -> int:
    """Count the cells that the table has at most; short rows are filled up."""
    header = state.src.count("|", state.bMarks[start], state.eMarks[start])
    last = start
    while last < end and not state.isEmpty(last):
        last += 1
    typed = state.src.count("|", state.bMarks[start], state.eMarks[last - 1])
    return max(typed, header * min(last - start, 65_536 // max(1, header)), last - start)
