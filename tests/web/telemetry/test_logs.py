import io
import logging
import sys
import time

import pytest

from masthead.config import TestingConfig
from masthead.web.telemetry import access_log, logs


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    before = list(root.handlers), root.level
    yield
    root.handlers, root.level = before


def test_lines_go_to_standard_error_as_it_is_when_they_are_written(tmp_path, monkeypatch):
    gone = io.StringIO()
    monkeypatch.setattr(sys, "stderr", gone)
    logs.configure(TestingConfig(MASTHEAD_HOME=tmp_path))
    gone.close()
    now = io.StringIO()
    monkeypatch.setattr(sys, "stderr", now)
    logging.getLogger("masthead.tests").warning("still here")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/kept"}
    access_log.note_hit(environ, 200, time.perf_counter())
    access_log.lines.write()
    shown = now.getvalue()
    assert "still here" in shown
    assert "path='/kept'" in shown
    assert "Logging error" not in shown
