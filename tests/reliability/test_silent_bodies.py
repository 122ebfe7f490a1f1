import pytest

from bench.faults import silent_bodies

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_silent_connections_hold_up_nobody_and_are_sent_away(server):
    figures = silent_bodies.run(40, 5, server=server)
    assert (figures.acknowledged, figures.refused, figures.lost) == (5, 0, 0)
    assert (figures.sent_away, figures.left_open) == (40, 0)
