"""Bounds on a single rule of the parser: the depth of blocks, the cells of a table, the cost of blocks.

The parser itself drops blocks that are too deep. These rules show the marks of such a block as text instead, so that no
written text vanishes.
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
#: The limit of the parser; no rule opens a block that deep.
MAX_NESTING: Final = MAX_LEVEL + 40
#: The number of table cells that cost one step: each makes several tokens before any is parsed.
CELLS_PER_STEP: Final = 2
_DELIMITERS: Final = frozenset("|-: \t>")

Rule = Callable[[StateBlock, int, int, bool], bool]


def bounded_blocks(md: MarkdownIt) -> None:
    """Install the bounds, after every plug-in that adds blocks."""
    # The blocks that each rule may interrupt, from the parser. A list that interrupts a list turns each item into a
    # list.
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
    """Return the maximum number of cells of the table; short rows are filled up."""
    header = state.src.count("|", state.bMarks[start], state.eMarks[start])
    last = start
    while last < end and not state.isEmpty(last):
        last += 1
    typed = state.src.count("|", state.bMarks[start], state.eMarks[last - 1])
    return max(typed, header * min(last - start, 65_536 // max(1, header)), last - start)
