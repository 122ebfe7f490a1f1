"""A bound on the work of one rendering, counted in steps of the parser and not in seconds.

The parser takes linear time, but a hostile text can make it look at each character many times over. A step is
one place at which the parser tries its rules; it takes 5 to 25 microseconds.
"""

from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.utils import EnvType

#: The 509 posts of a real blog took 6 steps for 100 characters, the densest 24. So a text of 200,000 characters
#: may be as dense as that, and a longer one as dense as the average.
FREE_STEPS: Final = 50_000
CHARACTERS_PER_STEP: Final = 16

_BLOCK_CHAINS: Final = ["paragraph", "reference", "blockquote", "list", "table"]


class TooCostlyError(Exception):
    """A text needs more steps than any real one."""


def budget(source: str) -> int:
    """Return how many steps a text may take."""
    return FREE_STEPS + len(source) // CHARACTERS_PER_STEP


def metered(md: MarkdownIt) -> None:
    """Install the meter in front of all other rules; so it must be used last."""
    md.inline.ruler.before(md.inline.ruler.get_all_rules()[0], "meter", _inline_step)
    md.block.ruler.before(md.block.ruler.get_all_rules()[0], "meter", _block_step, {"alt": _BLOCK_CHAINS})


def _inline_step(state: StateInline, _silent: bool) -> bool:
    return _count(state.env)


def _block_step(state: StateBlock, _start_line: int, _end_line: int, _silent: bool) -> bool:
    return _count(state.env)


def _count(env: EnvType) -> bool:
    """Take a step, and leave the text to the other rules."""
    take(env, 1)
    return False


def take(env: EnvType, steps: int) -> None:
    """Take steps of `env["steps_left"]`; raises `TooCostlyError`."""
    env["steps_left"] -= steps
    if env["steps_left"] < 0:
        raise TooCostlyError
