import pytest

from bench.faults import restarts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_a_server_is_replaced_under_load_and_nobody_notices(server):
    figures = restarts.run(1, 200, server=server)
    assert figures.read >= 200
    assert figures.acknowledged > 0
    assert (figures.read_wrongly, figures.refused, figures.lost) == (0, 0, 0)


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_what_has_frozen_is_replaced_and_a_killed_supervisor_leaves_nobody(server):
    figures = restarts.run_frozen(server=server)
    assert figures.replaced == figures.frozen
    assert (figures.acknowledged, figures.lost, figures.orphans) == (4, 0, 0)
