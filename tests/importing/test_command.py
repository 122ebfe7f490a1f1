"""The command in a real process with worker processes, also when it is killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.importing.conftest import written
from tests.support.commands import environment

#: Enough items to start worker processes.
POSTS = 150
PASSWORD = "seven wet umbrellas"


def post(number):
    previous = f"[before]({{% post_url {name(number - 1)} %}})" if number else "The first."
    return (
        f"---\ntitle: Post {number}\nauthors: [walt, author{number % 7}]\ntags: [a, t{number % 9}]\n---\n{previous}\n\n"
        + "Some *words*. " * 60
    )


def name(number):
    return f"{date(2020, 1, 1) + timedelta(days=number)}-post-{number}"


@pytest.fixture
def folder(tmp_path):
    files = {f"_posts/{name(number)}.md": post(number) for number in range(POSTS)}
    return written(tmp_path / "site", files)


@pytest.fixture
def shell(masthead):
    assert masthead("db", "upgrade").returncode == 0
    made = masthead(
        "user", "create", "ada", "ada@example.org", "--role", "administrator", "--password", PASSWORD
    )
    assert made.returncode == 0, made.stderr
    return masthead


def imported(tmp_path):
    """The number of rows of each kind; of the import's records, only those of texts."""
    with sqlite3.connect(tmp_path / "masthead.sqlite3") as connection:
        tables = ("post", "revision", "redirect", "post_slug", "user")
        counted = {table: f'SELECT count(*) FROM "{table}"' for table in tables}
        counted["imported_item"] = "SELECT count(*) FROM imported_item WHERE kind = 'post'"
        return {name: connection.execute(statement).fetchone()[0] for name, statement in counted.items()}


@pytest.mark.slow
def test_several_processes_import_what_one_does(shell, folder, tmp_path):
    result = shell("import", "markdown", str(folder), "--processes", "2", "--report", "report.json")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert f"{POSTS} imported" in " ".join(result.stdout.split())
    assert "posts/s, peak memory" in result.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert [item["source"] for item in report["items"]] == [
        f"_posts/{name(number)}.md" for number in range(POSTS)
    ]
    assert report["links_rewritten"] == POSTS - 1
    assert report["peak_memory_mb"] > 0
    before = imported(tmp_path)
    again = shell("import", "markdown", str(folder), "--processes", "1")
    assert "0 changes" in again.stdout
    assert imported(tmp_path) == before


@pytest.mark.slow
def test_an_import_that_is_killed_goes_on_where_it_stopped(shell, folder, tmp_path):
    whole = subprocess.Popen(
        [sys.executable, "-m", "masthead", "import", "markdown", str(folder), "--processes", "1"],
        cwd=tmp_path,
        env=environment(tmp_path, {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while imported(tmp_path)["post"] == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(whole.pid, signal.SIGKILL)
    whole.wait()
    halfway = imported(tmp_path)
    assert 0 < halfway["post"] == halfway["imported_item"] == halfway["revision"] <= POSTS
    result = shell("import", "markdown", str(folder), "--processes", "1")
    assert result.returncode == 0, result.stderr
    counts = imported(tmp_path)
    assert (counts["post"], counts["revision"], counts["imported_item"]) == (POSTS, POSTS, POSTS)
    assert f"{halfway['post']} unchanged" in " ".join(result.stdout.split()) or halfway["post"] == POSTS


def test_the_command_explains_itself(shell):
    told = shell("import", "markdown", "--help").stdout
    for word in ("--dry-run", "--publish-future", "--report", "--author", "--timezone", "Exit codes"):
        assert word in told


def test_without_tables_it_says_what_to_do(masthead, folder):
    result = masthead("import", "markdown", str(folder))
    assert result.returncode == 1
    assert "masthead db upgrade" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_the_processes_of_an_import_end_when_it_is_killed(shell, folder, tmp_path):
    importing = subprocess.Popen(
        [sys.executable, "-m", "masthead", "import", "markdown", str(folder), "--processes", "2"],
        env=environment(tmp_path, {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (workers := descendants(importing.pid)) or len(workers) < 4:
        assert importing.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    while any(is_alive(worker) for worker in workers):
        assert time.monotonic() < deadline, "the processes live on"
        time.sleep(0.1)


def descendants(pid):
    """The ids of a process's children."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and parent_of(entry.name) in {pid, *found}:
            found.append(int(entry.name))
    return found


def parent_of(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
