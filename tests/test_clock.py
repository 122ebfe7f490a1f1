import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from masthead.clock import ACCEPTED_AFTER_SECONDS, SteadyClock

ROOT = Path(__file__).parents[1]
DAY = 86_400.0
#: A process and its fork, whose clock is set forward for good while neither of them has anything to do.
IDLE = """
import os, time

real, leap = time.time, 0.0
time.time = lambda: real() + leap

from masthead import clock

clock.ACCEPTED_AFTER_SECONDS = 1.0
clock.ignore_leaps()
fork = os.fork()
leap = 400 * 86_400.0
time.sleep(5)
difference = abs(clock.now().timestamp() - time.time())
os.write(1, b"right " if difference < 1 else b"wrong ")
if fork:
    os.waitpid(fork, 0)
os._exit(0)
"""


class Clocks:
    def __init__(self):
        self.wall = 1_800_000_000.0
        self.uptime = 1_000.0
        self.steady = SteadyClock(lambda: self.wall, lambda: self.uptime)

    def go_on(self, seconds):
        self.wall += seconds
        self.uptime += seconds

    def read(self):
        return self.steady.now().timestamp()


@pytest.fixture
def clocks():
    return Clocks()


def test_it_is_the_wall_clock(clocks):
    clocks.go_on(5 * DAY)
    assert clocks.steady.now() == datetime.fromtimestamp(clocks.wall, UTC)


def test_a_small_step_is_followed_at_once(clocks):
    clocks.wall += 20
    assert clocks.read() == clocks.wall
    clocks.wall -= 40
    clocks.go_on(1)
    assert clocks.read() == pytest.approx(clocks.wall + 40 if clocks.read() != clocks.wall else clocks.wall)


@pytest.mark.parametrize("leap", [400 * DAY, -400 * DAY, 60.0, -3_600.0])
def test_a_leap_that_ends_is_ignored(clocks, leap):
    right = clocks.wall
    clocks.wall += leap
    with capture_logs() as logged:
        for second in range(14):
            assert clocks.read() == pytest.approx(right + second)
            clocks.go_on(1)
    assert [line["seconds"] for line in logged] == [leap]
    clocks.wall -= leap
    assert clocks.read() == clocks.wall == pytest.approx(right + 14)


@pytest.mark.parametrize("leap", [400 * DAY, -3_600.0])
def test_a_leap_that_lasts_is_followed(clocks, leap):
    clocks.wall += leap
    clocks.read()
    clocks.go_on(ACCEPTED_AFTER_SECONDS - 1)
    assert clocks.read() == pytest.approx(clocks.wall - leap)
    clocks.go_on(2)
    clocks.read()
    assert clocks.read() == clocks.wall


def test_a_second_leap_begins_the_waiting_anew(clocks):
    right = clocks.wall
    clocks.wall += 400 * DAY
    clocks.read()
    clocks.go_on(ACCEPTED_AFTER_SECONDS - 1)
    clocks.wall += 400 * DAY
    clocks.read()
    clocks.go_on(ACCEPTED_AFTER_SECONDS - 1)
    assert clocks.read() == pytest.approx(right + 2 * (ACCEPTED_AFTER_SECONDS - 1))


def test_an_idle_process_and_its_fork_follow_a_leap_that_lasts():
    result = subprocess.run(
        [sys.executable, "-c", IDLE], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.stdout.endswith("right right "), result.stdout + result.stderr
