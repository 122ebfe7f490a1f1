"""The log in a file that several processes share, and in syslog."""

import json
import logging
import multiprocessing
import socket
import stat
import time

import pytest

from masthead.config import ConfigurationError, TestingConfig, load
from masthead.web.telemetry import access_log, logs
from masthead.web.telemetry.log_files import RotatingFile


def record(text):
    return logging.LogRecord("tests", logging.INFO, "", 0, text, None, None)


def test_file_gets_the_lines_and_is_ones_own(tmp_path):
    handler = RotatingFile(tmp_path / "logs" / "masthead.log")
    handler.emit(record("Hello."))
    path = tmp_path / "logs" / "masthead.log"
    assert path.read_text() == "Hello.\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    handler.close()


def test_full_file_is_put_aside_and_few_are_kept(tmp_path):
    handler = RotatingFile(tmp_path / "log", largest=20, kept=2)
    for number in range(10):
        handler.emit(record(f"line number {number}"))
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1", "log.2", "log.lock"]
    assert (tmp_path / "log.1").read_text().splitlines() == ["line number 6", "line number 7"]


def write_many(path, name):
    handler = RotatingFile(path, largest=3_000, kept=100)
    for number in range(300):
        handler.emit(record(f"{name} {number}"))
    handler.close()


def test_processes_that_rotate_together_lose_no_line(tmp_path):
    processes = [
        multiprocessing.get_context("fork").Process(target=write_many, args=(tmp_path / "log", name))
        for name in "abc"
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = [line for path in tmp_path.glob("log*") for line in path.read_text().splitlines()]
    assert sorted(lines) == sorted(f"{name} {number}" for name in "abc" for number in range(300))


@pytest.fixture
def restored():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers, root.level = before, level


@pytest.mark.usefixtures("restored")
def test_settings_send_the_log_to_file_and_syslog(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        settings = {"LOG_FILE": str(tmp_path / "log"), "SYSLOG": f"udp://127.0.0.1:{server.getsockname()[1]}"}
        logs.configure(TestingConfig(MASTHEAD_HOME=tmp_path, LOG_FORMAT="json", **settings))
        logging.getLogger("masthead.tests").warning("The press is hot.")
        assert json.loads((tmp_path / "log").read_text())["event"] == "The press is hot."
        assert b"The press is hot." in server.recv(4_096)


@pytest.mark.usefixtures("restored")
def test_answers_from_memory_are_lines_like_all_others(tmp_path):
    logs.configure(TestingConfig(MASTHEAD_HOME=tmp_path, LOG_FORMAT="json", LOG_FILE=str(tmp_path / "log")))
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/about"}
    request_id = access_log.note_hit(environ, 200, time.perf_counter())
    access_log.lines.write()
    found = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (line,) = [line for line in found if line.get("request_id") == request_id]
    assert (line["event"], line["path"], line["status"], line["cache"]) == ("request", "/about", 200, "hit")
    assert line["level"] == "info"


@pytest.mark.usefixtures("restored")
def test_site_starts_without_the_syslog_that_it_was_told_of(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("masthead.web.telemetry.log_files.LOCAL_SYSLOG", str(tmp_path / "nowhere"))
    logs.configure(TestingConfig(MASTHEAD_HOME=tmp_path, SYSLOG="local"))
    assert "SYSLOG cannot be reached" in capsys.readouterr().err


def test_syslog_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("SYSLOG", "tcp://somewhere")
    monkeypatch.setenv("FLASK_CONFIG", "testing")
    with pytest.raises(ConfigurationError, match="SYSLOG: must be local"):
        load()
