"""Every command of docs/operating.md, run in the order of the page on one site."""

import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from masthead.jobs import celery_bridge
from tests.support.commands import ROOT, environment
from tests.support.live import free_port
from tests.support.over_http import Guest

PAGE = ROOT / "docs" / "operating.md"
PASSWORD = "a lamp, a desk and a deadline"
#: They go on until somebody ends them.
LASTING = {"serve", "worker", "beat"}
SECONDS = 180


def commands():
    """Each line that follows a prompt in a block of a terminal."""
    for block in re.findall(
        r"^ *```console\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        for line in block.splitlines():
            if line.strip().startswith("$ "):
                yield line.strip().removeprefix("$ ")


def test_page_names_its_commands_in_blocks_of_a_terminal():
    found = list(commands())
    assert len(found) >= 12
    assert {line.split()[0].partition("=")[0] for line in found} <= {"make", "masthead", "MASTHEAD_HOME"}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.databases("sqlite")
def test_every_command_of_the_page_works(tmp_path, own_valkey):
    home, port = tmp_path / "home", free_port()
    places = {"/backup/": f"{tmp_path}/backup/", "/srv/": f"{tmp_path}/srv/", "--port 8000": f"--port {port}"}
    for name in ("home", "backup", "srv"):
        (tmp_path / name).mkdir()
    settings = {
        "MAIL_URL": f"file://{tmp_path}/letters",
        "CELERY_BROKER_URL": own_valkey.url,
        "SITE_URL": f"http://127.0.0.1:{port}",
    }
    ran = []
    for shown in commands():
        line = shown
        for place, real in places.items():
            line = line.replace(place, real)
        variables = environment(home, settings)
        words = shlex.split(line)
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            variables[name] = value
        if words[0] == "make":
            # It would make an environment of its own; what it would do is what the other commands do.
            subprocess.run([*words, "--dry-run"], cwd=ROOT, check=True, capture_output=True)
        elif words[1] in LASTING:
            run_for_a_while(words, variables, home, port)
        else:
            run(words, variables, home)
        ran.append(shown)
    assert (tmp_path / "srv" / "new" / "masthead.sqlite3").exists(), "restored"
    assert len(list((tmp_path / "letters").iterdir())) == 1
    assert "masthead check" in ran


def run(words, variables, home):
    typed = f"{PASSWORD}\n{PASSWORD}\n" if words[1:3] == ["user", "create"] else None
    command = [sys.executable, "-m", "masthead", *words[1:]]
    result = subprocess.run(
        command, cwd=home, env=variables, input=typed, capture_output=True, encoding="utf-8", timeout=SECONDS
    )
    assert result.returncode == 0, f"{shlex.join(words)}: {result.stdout}{result.stderr}"


def run_for_a_while(words, variables, home, port):
    command = [sys.executable, "-m", "masthead", *words[1:]]
    process = subprocess.Popen(
        command, cwd=home, env=variables, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + SECONDS
        while not is_at_work(words[1], variables, port):
            assert process.poll() is None, shlex.join(words)
            assert time.monotonic() < deadline, shlex.join(words)
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0, shlex.join(words)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_at_work(command, variables, port):
    """Whether a process that goes on has come so far that it can be asked to end."""
    if command == "worker":
        return bool(celery_bridge.celery_for(variables["CELERY_BROKER_URL"]).control.ping(timeout=1))
    if command == "beat":
        with sqlite3.connect(f"{variables['MASTHEAD_HOME']}/masthead.sqlite3") as connection:
            return connection.execute("SELECT count(*) FROM job_tick").fetchone()[0] > 0
    try:
        return Guest(f"http://127.0.0.1:{port}").get("/health/live").status == 200
    except OSError:
        return False
