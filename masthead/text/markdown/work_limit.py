"""Bounds the work of one rendering, counted in steps of the parser and not in seconds.

The parser takes linear time, but a hostile text can make it examine each character many times over. A step is one
position at which the parser tries its rules; it takes 5 to 25 microseconds. Costly output, such as a highlighted
listing or a heading with its id, counts as several steps.
"""

from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.utils import EnvType

#: The 509 posts of a real blog took 6 steps for 100 characters, and the largest some 1,800. So a text of 200,000
#: characters may be four times as dense, and one of a megabyte about as dense as the average; that one has 67,000
#: steps, which take about a second.
FREE_STEPS: Final = 50_000
CHARACTERS_PER_STEP: Final = 60
#: Each megabyte after the first has as many steps as the first: a book of short lines takes a step for 25 characters.
CHARACTERS_PER_STEP_OF_A_BOOK: Final = 15

#: At the beginning of a block, the parser tries more rules than within a line.
STEPS_OF_A_BLOCK: Final = 2
#: At the end of a line and at a hyphen, rules have little to try; text wrapped by an editor is full of them.
PLAIN: Final = frozenset("\n-")
STEPS_OF_PLAIN: Final = 0.25
#: All enclosing brackets parse each inner bracket again.
LEVELS_PER_STEP: Final = 8
#: The additional cost of some blocks.
STEPS_OF_A_HEADING: Final = 2
STEPS_OF_A_LISTING: Final = 4
STEPS_OF_RAW_HTML: Final = 2

_BLOCK_CHAINS: Final = ["paragraph", "reference", "blockquote", "list", "table"]


class TooCostlyError(Exception):
    """A text needs more steps than any real one."""


def budget(source: str) -> int:
    """Return the number of steps that a text may take."""
    return max(FREE_STEPS + len(source) // CHARACTERS_PER_STEP, len(source) // CHARACTERS_PER_STEP_OF_A_BOOK)


def metered(md: MarkdownIt) -> None:
    """Install the meter in front of all other rules, so it must be used last."""
    md.inline.ruler.before(md.inline.ruler.get_all_rules()[0], "meter", _inline_step)
    md.block.ruler.before(md.block.ruler.get_all_rules()[0], "meter", _block_step, {"alt": _BLOCK_CHAINS})


def _inline_step(state: StateInline, _silent: bool) -> bool:
    here = STEPS_OF_PLAIN if state.src[state.pos] in PLAIN else 1
    return _count(state.env, here + state.level // LEVELS_PER_STEP)


def _block_step(state: StateBlock, _start_line: int, _end_line: int, silent: bool) -> bool:
    return _count(state.env, 1 if silent else STEPS_OF_A_BLOCK)


def _count(env: EnvType, steps: float) -> bool:
    """Take steps, and leave the text to the other rules."""
    take(env, steps)
    return False


def take(env: EnvType, steps: float) -> None:
    """Take steps of `env["steps_left"]`; raises `TooCostlyError`."""
    env["steps_left"] -= steps
    if env["steps_left"] < 0:
        raise TooCostlyError
