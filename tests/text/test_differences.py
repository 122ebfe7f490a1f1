import random
from difflib import SequenceMatcher

import pytest

from masthead.text import differences, merging


@pytest.fixture
def work(monkeypatch):
    """The steps of all searches for matches, each counted as `difflib` takes them."""
    taken = []
    search = SequenceMatcher.find_longest_match

    def counted(matcher, alo=0, ahi=None, blo=0, bhi=None):
        end = len(matcher.a) if ahi is None else ahi
        taken.append(sum(1 + len(matcher.b2j.get(token, ())) for token in matcher.a[alo:end]))
        assert sum(taken) <= 10_000_000, "the cost is not bounded"
        return search(matcher, alo, ahi, blo, bhi)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counted)
    return taken


def hostile(seed):
    """Lines that all differ from another seed's, each of tokens that are rare enough to be compared."""
    chance = random.Random(seed)
    signs = [chr(0x2200 + number) for number in range(120)]
    return "".join(f"{row}\n{''.join(chance.choices(signs, k=3_000))}\n" for row in range(40))


def test_a_comparison_has_one_budget_for_all_its_lines(work):
    old, new = hostile(1), hostile(2)
    found = differences.segments(old, new)
    assert "".join(part.text for part in found if part.kind != "added") == old
    assert "".join(part.text for part in found if part.kind != "removed") == new
    # Every line between is still found as equal.
    assert sum(part.kind == "same" and "39\n" in part.text for part in found) == 1
    assert 0 < sum(work) <= differences.MOST_STEPS


def test_a_merge_has_one_budget_for_all_its_lines(work):
    base, mine, theirs = (hostile(seed) for seed in (1, 2, 3))
    assert merging.merge(base, mine, theirs) is None
    both = merging.both(base, mine, theirs)
    assert all(line in both for line in mine.splitlines())
    assert 0 < sum(work) <= 2 * differences.MOST_STEPS


def test_a_spent_budget_makes_one_change_of_the_rest():
    old, new = ["a", "b", "c", "d", "e"], ["a", "B", "c", "D", "e"]
    assert len(differences.edits(old, new, differences.Budget())) == 2
    budget = differences.Budget(2)
    assert differences.edits(old, new, budget) == [(1, 4, 1, 4)]
    assert budget.left == 2


def test_texts_are_not_even_read_when_the_budget_is_spent(monkeypatch):
    read = []
    set_up = SequenceMatcher.__init__

    def counted(matcher, isjunk=None, a="", b="", autojunk=True):
        read.append(len(a) + len(b))
        set_up(matcher, isjunk, a, b, autojunk)

    monkeypatch.setattr(SequenceMatcher, "__init__", counted)
    differences.segments(hostile(1), hostile(2))
    assert len(read) < 40, "as many as lines"
