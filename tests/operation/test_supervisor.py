"""The process that holds the port goes on whatever the machine lacks for the moment, and leaves nothing behind."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.commands import without_settings

ROOT = Path(__file__).parents[2]
SECONDS = 30
#: Inherits the orphans of its servers, as the first process of a container does.
SUPERVISOR = """
import ctypes, sys, tempfile
from masthead.operation import supervisor

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
tempfile.tempdir = sys.argv[2]
supervisor.DRAIN_SECONDS = supervisor.RESPAWN_SECONDS = supervisor.LOOK_SECONDS = 0.1
sys.exit(supervisor.Supervisor(0, [sys.executable, "-c", sys.argv[1]], 60.0).run())
"""
#: Prints its number once the supervisor has read that it is ready.
SERVER = """
import fcntl, os, signal, sys, termios, time

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
lifeline = int(os.environ["MASTHEAD_LIFELINE_FD"])
os.write(lifeline, b".")
while any(fcntl.ioctl(lifeline, termios.FIONREAD, bytes(4))):
    time.sleep(0.01)
print(os.getpid(), flush=True)
while True:
    os.write(lifeline, b".")
    time.sleep(0.1)
"""
SERVER_WITH_WORKER = """
import os, subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE).pid, flush=True)
"""
SERVER_THAT_LOADS = """
import os, time

print(os.getpid(), flush=True)
time.sleep(60)
"""


class Supervised:
    def __init__(self, server, *, folder, stderr):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, server, str(folder)],
            cwd=ROOT,
            env=without_settings(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def next_number(self):
        """The number of the process that begins next."""
        return int(self.process.stdout.readline())

    def limit_files(self, count):
        """Let it open no file with this number or a greater one; the limit before."""
        before, greatest = resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (count, greatest))
        return before

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def terminate(self):
        self.process.terminate()
        return self.process.wait(SECONDS)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def supervise(tmp_path, log):
    started = []

    def begin(server=SERVER, *, folder=tmp_path, stderr=None):
        with log.open("ab") as file:
            started.append(Supervised(server, folder=folder, stderr=file if stderr is None else stderr))
        return started[-1]

    yield begin
    for supervised in started:
        supervised.process.kill()
        supervised.process.communicate()


def until(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def runs(number):
    try:
        facts = Path("/proc", str(number), "stat").read_text()
    except OSError:
        return False
    return facts.rpartition(")")[2].split()[0] != "Z"


def is_listed(number):
    return Path("/proc", str(number)).exists()


def test_servers_are_replaced_without_a_place_for_temporary_files(supervise, tmp_path):
    supervised = supervise(folder=tmp_path / "gone")
    first = supervised.next_number()
    supervised.reload()
    second = supervised.next_number()
    until(lambda: not is_listed(first))
    os.kill(second, signal.SIGKILL)
    assert supervised.next_number() not in {first, second}
    assert supervised.terminate() == 0


def test_server_goes_on_when_there_is_no_room_for_its_successor(supervise, log):
    supervised = supervise()
    first = supervised.next_number()
    before = supervised.limit_files(3)
    supervised.reload()
    until(lambda: "the old one goes on" in log.read_text())
    assert runs(first)
    supervised.limit_files(before)
    supervised.reload()
    assert supervised.next_number() != first
    until(lambda: not is_listed(first))
    assert supervised.terminate() == 0


def test_dead_server_is_replaced_as_soon_as_there_is_room(supervise, log):
    supervised = supervise()
    first = supervised.next_number()
    before = supervised.limit_files(3)
    os.kill(first, signal.SIGKILL)
    until(lambda: log.read_text().count("it is tried again") >= 2)
    assert log.read_text().count("ended with code -9") == 1
    supervised.limit_files(before)
    assert supervised.next_number() != first
    assert supervised.terminate() == 0


def test_stop_is_heard_while_a_dead_server_has_no_successor(supervise, log):
    supervised = supervise()
    first = supervised.next_number()
    supervised.limit_files(3)
    os.kill(first, signal.SIGKILL)
    until(lambda: "it is tried again" in log.read_text())
    assert supervised.terminate() == 1


def test_failed_starts_leave_no_file_open(supervise, log):
    supervised = supervise()
    first = supervised.next_number()
    before = opened(supervised)
    # There is room for the pipe, and none for what a process needs beside it.
    limit = supervised.limit_files(2 + before)
    for count in range(1, 6):
        supervised.reload()
        until(lambda count=count: log.read_text().count("the old one goes on") >= count)
    supervised.limit_files(limit)
    assert runs(first)
    assert opened(supervised) == before
    assert supervised.terminate() == 0


def opened(supervised):
    return len(list(Path("/proc", str(supervised.process.pid), "fd").iterdir()))


def test_first_start_that_fails_says_why():
    code = (
        "import resource; from masthead.operation.supervisor import main; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6)); main(['0', '60', 'serve'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.startswith("The server could not be started (")
    assert "Too many open files" in result.stderr
    assert "Traceback" not in result.stderr


def test_nobody_reads_what_it_says(supervise):
    reader, writer = os.pipe()
    supervised = supervise(stderr=writer)
    os.close(writer)
    os.close(reader)
    first = supervised.next_number()
    supervised.reload()
    second = supervised.next_number()
    until(lambda: not is_listed(first))
    os.kill(second, signal.SIGKILL)
    supervised.next_number()
    assert supervised.terminate() == 0


def test_orphans_that_have_ended_are_not_listed_any_more(supervise):
    supervised = supervise(SERVER.replace("while True", f"{SERVER_WITH_WORKER}\nwhile True"))
    server, worker = supervised.next_number(), supervised.next_number()
    os.kill(server, signal.SIGKILL)
    successor = supervised.next_number()
    until(lambda: not is_listed(server) and not is_listed(worker))
    assert runs(successor)
    assert supervised.terminate() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_while_the_first_server_loads_is_no_failure(supervise, number):
    supervised = supervise(SERVER_THAT_LOADS)
    supervised.next_number()
    supervised.process.send_signal(number)
    assert supervised.process.wait(SECONDS) == 0


@pytest.mark.parametrize("is_server_first", [True, False])
def test_stop_of_the_whole_group_while_the_first_server_loads_is_no_failure(supervise, is_server_first):
    supervised = supervise(SERVER_THAT_LOADS)
    server = supervised.next_number()
    # As systemd does with all processes of a unit, in any order.
    if is_server_first:
        os.kill(server, signal.SIGTERM)
        until(lambda: not is_listed(server))
        supervised.process.terminate()
    else:
        supervised.process.terminate()
        os.kill(server, signal.SIGTERM)
    assert supervised.process.wait(SECONDS) == 0


def test_the_first_server_stopped_alone_is_a_failure(supervise):
    supervised = supervise(SERVER_THAT_LOADS)
    os.kill(supervised.next_number(), signal.SIGTERM)
    assert supervised.process.wait(SECONDS) == 1
