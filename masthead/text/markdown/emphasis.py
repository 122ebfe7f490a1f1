"""Emphasis beside Chinese, Japanese and Korean, and a bound on its marks.

CommonMark tells opening from closing marks by the white space and punctuation beside them. Scripts without spaces
between words have neither, so `**注意：**不要` would show its asterisks; a wide character counts as both here.
"""

from typing import Final
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from masthead.text.markdown import work_limit

#: Longer runs are ornaments; each mark of a run is a token.
MOST_MARKS: Final = 50
_MARKS: Final = frozenset("*_~")


def emphasis(md: MarkdownIt) -> None:
    """Install the rules in place of the parser's own."""
    md.inline.ruler.at("emphasis", _emphasis)
    md.inline.ruler.before("strikethrough", "ornaments", _ornaments)


def _ornaments(state: StateInline, silent: bool) -> bool:
    """Leave a long run of marks as text; a shorter one costs one step for each mark."""
    marker = state.src[state.pos]
    if marker not in _MARKS:
        return False
    length = _run_length(state, marker)
    if length <= MOST_MARKS:
        work_limit.take(state.env, max(0, length - 3))
        return False
    end = state.pos + length
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    marker = state.src[state.pos]
    if silent or marker not in ("_", "*"):
        return False
    length = _run_length(state, marker)
    opens, closes = _flanks(state, state.pos + length, can_split_word=marker == "*")
    for _ in range(length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=length,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos += length
    return True


def _run_length(state: StateInline, marker: str) -> int:
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    return end - state.pos


def _flanks(state: StateInline, end: int, *, can_split_word: bool) -> tuple[bool, bool]:
    """Return whether the run before `end` may open and close emphasis (https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run)."""
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[end] if end < state.posMax else " "
    left = not _is_space(after) and (not _is_punctuation(after) or _is_loose(before))
    right = not _is_space(before) and (not _is_punctuation(before) or _is_loose(after))
    if can_split_word:
        return left, right
    return left and (not right or _is_punctuation(before)), right and (not left or _is_punctuation(after))


def _is_space(character: str) -> bool:
    return isWhiteSpace(ord(character))


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_loose(character: str) -> bool:
    return _is_space(character) or _is_punctuation(character) or east_asian_width(character) in ("W", "F")
