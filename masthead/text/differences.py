"""Differences between two texts: edits of tokens, splices of characters, and marked words.

A text is compared by lines, then changed lines by words. Larger parts than the limits below count as one change, and so
does what is left when the steps of a comparison are spent: a hostile text costs no more than a long one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Final, Literal, NamedTuple

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
#: Words, runs of spaces, line ends and single other characters: joined, they are the text again.
_WORD: Final = re.compile(r"\w+|[^\S\n]+|\n|[^\w\s]")
#: Tokens that are compared; the time grows faster than their number.
MOST_TOKENS: Final = 5_000
#: Steps of one whole comparison or merge, in lines and words together; a computer takes some millions in a second.
MOST_STEPS: Final = 3_000_000
#: A splice costs some characters of its own, so nearer ones are one.
_WORTH_SPLITTING: Final = 40


class Edit(NamedTuple):
    """A replacement of the tokens from ``start`` to ``end`` by those from ``new_start`` to ``new_end`` of the new text."""

    start: int
    end: int
    new_start: int
    new_end: int


class Splice(NamedTuple):
    """A replacement of ``removed`` characters at ``start`` of the old text."""

    start: int
    removed: int
    inserted: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of two compared texts."""

    kind: Literal["same", "removed", "added"]
    text: str


class Budget:
    """The steps that a comparison may still take."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> bool:
        """Take these steps; return False, and take none, if fewer are left."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class _BudgetedMatcher(SequenceMatcher[str]):
    """A matcher that finds no more matches in parts that cost more steps than are left."""

    #: Places of each new token that is not too frequent; `difflib` documents it, its types do not.
    b2j: dict[str, list[int]]

    def __init__(self, old: Sequence[str], new: Sequence[str], budget: Budget) -> None:
        super().__init__(None, old, new)
        self._budget = budget
        #: The steps before each old token: one for itself, and one for each place of it in the new text.
        self._steps = [0, *accumulate(1 + len(self.b2j.get(token, ())) for token in old)]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Return the longest match in a part of both texts; an empty one if the part costs too much."""
        end = len(self._steps) - 1 if ahi is None else ahi
        if not self._budget.spend(self._steps[end] - self._steps[alo]):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def lines(text: str) -> list[str]:
    """Split a text into lines with their ends."""
    return _LINE.findall(text)


def words(text: str) -> list[str]:
    """Split a text into words, spaces, line ends and other characters."""
    return _WORD.findall(text)


def edits(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Edit]:
    """Return the edits that turn old tokens into new ones, in order; fewer and larger ones if the budget is spent."""
    head = _common_head(old, new)
    tail = _common_tail(old[head:], new[head:])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if not old_middle and not new_middle:
        return []
    size = len(old_middle) + len(new_middle)
    is_one = not old_middle or not new_middle or max(len(old_middle), len(new_middle)) > MOST_TOKENS
    # Reading the tokens costs steps, too, before any search.
    if is_one or not budget.spend(size):
        return [Edit(head, len(old) - tail, head, len(new) - tail)]
    codes = _BudgetedMatcher(old_middle, new_middle, budget).get_opcodes()
    return [
        Edit(start + head, end + head, new_start + head, new_end + head)
        for kind, start, end, new_start, new_end in codes
        if kind != "equal"
    ]


def splices(old: str, new: str) -> list[Splice]:
    """Return the splices that turn one text into another, first to last; each counts from the start of the old text."""
    if old == new:
        return []
    whole = _trimmed(old, Splice(0, len(old), new))
    if min(whole.removed, len(whole.inserted)) < _WORTH_SPLITTING:
        return [whole]
    before = old[whole.start : whole.start + whole.removed]
    split = lines if "\n" in before and "\n" in whole.inserted else words
    old_tokens, new_tokens = split(before), split(whole.inserted)
    starts = _offsets(old_tokens)
    found = [
        _trimmed(
            old,
            Splice(
                whole.start + starts[edit.start],
                starts[edit.end] - starts[edit.start],
                "".join(new_tokens[edit.new_start : edit.new_end]),
            ),
        )
        for edit in edits(old_tokens, new_tokens, Budget())
    ]
    return found if sum(len(splice.inserted) + 12 for splice in found) < len(whole.inserted) else [whole]


def apply(text: str, changes: Sequence[Sequence[int | str]]) -> str:
    """Apply splices to the text that they were made for."""
    parts, position = [], 0
    for start, removed, inserted in changes:
        parts += [text[position : int(start)], str(inserted)]
        position = int(start) + int(removed)
    return "".join([*parts, text[position:]])


def segments(old: str, new: str) -> list[Segment]:
    """Return both texts as one, with removed and added words marked."""
    old_lines, new_lines, budget = lines(old), lines(new), Budget()
    found: list[Segment] = []
    position = 0
    for edit in edits(old_lines, new_lines, budget):
        _add(found, "same", "".join(old_lines[position : edit.start]))
        _add_words(
            found,
            "".join(old_lines[edit.start : edit.end]),
            "".join(new_lines[edit.new_start : edit.new_end]),
            budget,
        )
        position = edit.end
    _add(found, "same", "".join(old_lines[position:]))
    return found


def _add_words(found: list[Segment], old: str, new: str, budget: Budget) -> None:
    old_words, new_words = words(old), words(new)
    position = 0
    for edit in edits(old_words, new_words, budget):
        _add(found, "same", "".join(old_words[position : edit.start]))
        _add(found, "removed", "".join(old_words[edit.start : edit.end]))
        _add(found, "added", "".join(new_words[edit.new_start : edit.new_end]))
        position = edit.end
    _add(found, "same", "".join(old_words[position:]))


def _add(found: list[Segment], kind: Literal["same", "removed", "added"], text: str) -> None:
    if not text:
        return
    if found and found[-1].kind == kind:
        text = found.pop().text + text
    found.append(Segment(kind, text))


def _offsets(tokens: Sequence[str]) -> list[int]:
    found = [0]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found


def _trimmed(old: str, splice: Splice) -> Splice:
    """Return the splice without the characters that it leaves as they are."""
    removed = old[splice.start : splice.start + splice.removed]
    inserted = splice.inserted
    head = _common_head(removed, inserted)
    tail = _common_tail(removed[head:], inserted[head:])
    return Splice(splice.start + head, splice.removed - head - tail, inserted[head : len(inserted) - tail])


def _common_head(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of equal items at the beginning, by bisection: comparing slices takes no loop in Python."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _common_tail(one: Sequence[str], other: Sequence[str]) -> int:
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[len(one) - middle : len(one) - least] == other[len(other) - middle : len(other) - least]:
            least = middle
        else:
            most = middle - 1
    return least
