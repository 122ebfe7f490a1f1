import pytest

from bench.faults import black_hole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_postgresql_that_answers_nothing_is_told_and_got_over():
    figures = black_hole.run(1, silent_seconds=8)
    assert figures.acknowledged > 0
    assert figures.refused > 0
    assert (figures.lost, figures.refused_wrongly) == (0, 0)
    assert figures.read > 0
    assert figures.read_wrongly == 0
