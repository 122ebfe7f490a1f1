"""Three-way merges: two texts that began as the same one become one, unless their changes touch.

Changes are compared by lines, and where lines of both were changed, by words. All comparisons of a merge share the steps
of one budget, because merges happen while others wait for the database. `merge3` of PyPI is under the GPL, so
this is our own.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from masthead.text import differences
from masthead.text.differences import Budget, Edit

#: A joined part: a text, or None where that is not possible.
Joined = TypeVar("Joined", str, str | None)


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Return the text with the changes of both; None if they touch, so that a person must decide."""
    if mine in {base, theirs}:
        return theirs
    if theirs == base:
        return mine
    budget = Budget()

    def by_words(*parts: str) -> str | None:
        return _merge_words(*parts, budget=budget)

    return _merge_tokens(*map(differences.lines, (base, mine, theirs)), otherwise=by_words, budget=budget)


def both(base: str, mine: str, theirs: str) -> str:
    """Return the merge of two texts for a person to finish: where changes touch, the lines of both follow each other."""
    budget = Budget()

    def one_after_the_other(*parts: str) -> str:
        return _one_after_the_other(*parts, budget=budget)

    tokens = map(differences.lines, (base, mine, theirs))
    return _merge_tokens(*tokens, otherwise=one_after_the_other, budget=budget)


def _one_after_the_other(base: str, mine: str, theirs: str, *, budget: Budget) -> str:
    finer = _merge_words(base, mine, theirs, budget=budget)
    if finer is not None:
        return finer
    is_apart = not mine or mine.endswith("\n")
    return f"{mine}{theirs}" if is_apart else f"{mine}\n{theirs}"


def merge_values(base: str, mine: str, theirs: str) -> str | None:
    """Merge values that have no parts, such as a slug; None if both were changed differently."""
    if mine == base:
        return theirs
    return mine if theirs in {base, mine} else None


def merge_lists(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """Merge lists without duplicates: additions and removals of both count, and the order is mine."""
    if list(mine) == list(base):
        return tuple(theirs)
    kept = [name for name in mine if name in theirs or name not in base]
    added = [name for name in theirs if name not in base and name not in mine]
    return (*kept, *added)


def _merge_words(base: str, mine: str, theirs: str, *, budget: Budget) -> str | None:
    tokens = map(differences.words, (base, mine, theirs))
    return _merge_tokens(*tokens, otherwise=lambda *_: None, budget=budget)


def _merge_tokens(
    base: list[str],
    mine: list[str],
    theirs: list[str],
    *,
    otherwise: Callable[[str, str, str], Joined],
    budget: Budget,
) -> str | Joined:
    """Merge tokens; ``otherwise`` joins the parts where changes touch, or its None ends the merge."""
    ours, others = differences.edits(base, mine, budget), differences.edits(base, theirs, budget)
    merged: list[str] = []
    position: int = 0
    for start, end, of_mine, of_theirs in _hunks(ours, others):
        merged += base[position:start]
        changed_by_me = _text_of(base, mine, of_mine, start, end)
        changed_by_them = _text_of(base, theirs, of_theirs, start, end)
        if changed_by_me == changed_by_them or not of_theirs:
            merged.append(changed_by_me)
        elif not of_mine:
            merged.append(changed_by_them)
        else:
            joined = otherwise("".join(base[start:end]), changed_by_me, changed_by_them)
            if joined is None:
                return joined
            merged.append(joined)
        position = end
    return "".join([*merged, *base[position:]])


def _hunks(ours: Sequence[Edit], others: Sequence[Edit]) -> list[tuple[int, int, list[Edit], list[Edit]]]:
    """Group the edits of both sides that overlap or touch: start and end in the base, and the edits of each side."""
    found: list[tuple[int, int, list[Edit], list[Edit]]] = []
    marked = sorted([(edit, 0) for edit in ours] + [(edit, 1) for edit in others])
    for edit, side in marked:
        if found and edit.start <= found[-1][1]:
            start, end, *sides = found.pop()
        else:
            start, end, sides = edit.start, edit.end, [[], []]
        sides[side].append(edit)
        found.append((start, max(end, edit.end), sides[0], sides[1]))
    return found


def _text_of(base: list[str], new: list[str], edits: Sequence[Edit], start: int, end: int) -> str:
    """Return the new text of the base's tokens from ``start`` to ``end``."""
    parts, position = [], start
    for edit in edits:
        parts += [*base[position : edit.start], *new[edit.new_start : edit.new_end]]
        position = edit.end
    return "".join([*parts, *base[position:end]])
