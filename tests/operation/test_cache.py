import os

import pytest

from masthead.pagecache.counters import FOLDER

pytestmark = pytest.mark.databases("sqlite")


def test_status_shows_the_processes_that_run(make_app, new_client, tmp_path):
    app = make_app(MASTHEAD_HOME=tmp_path)
    client = new_client(app)
    for _ in range(3):
        client.get("/robots.txt")
    # The file of a process that was killed.
    (tmp_path / FOLDER / "4194305").write_bytes(bytes(64))
    result = app.test_cli_runner().invoke(args=["cache", "status"])
    assert result.exit_code == 0, result.output
    line = next(line for line in result.output.splitlines() if line.strip().startswith(str(os.getpid())))
    assert line.split()[1:4] == ["2", "1", "0"]
    assert "66.7%" in line
    assert not (tmp_path / FOLDER / "4194305").exists()


def test_status_says_when_there_is_nothing_to_show(make_app, tmp_path):
    run = make_app(MASTHEAD_HOME=tmp_path).test_cli_runner()
    assert "No process" in run.invoke(args=["cache", "status"]).output
    run = make_app(MASTHEAD_HOME=tmp_path, PAGE_CACHE=False).test_cli_runner()
    assert "switched off" in run.invoke(args=["cache", "status"]).output
