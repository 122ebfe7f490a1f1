"""``masthead serve`` runs the jobs beside the server, and stops both cleanly."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from masthead import jobs
from masthead.db import db
from masthead.jobs.models import Job, JobState
from masthead.jobs.tasks import forget_old
from tests.support.commands import without_settings
from tests.support.databases import Database

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_done(app: Flask, job_id: int) -> str:
    deadline = time.monotonic() + 90
    state = ""
    while state != JobState.DONE and time.monotonic() < deadline:
        time.sleep(0.1)
        with app.app_context():
            state = db.session.get_one(Job, job_id).state
    return state


@pytest.mark.databases("sqlite")
@pytest.mark.slow
def test_serve_runs_jobs_and_ends_with_the_signal(app: Flask, database: Database, tmp_path: Path) -> None:
    with app.app_context():
        job_id = jobs.enqueue(forget_old) or 0
        db.session.commit()
    settings = {
        "MASTHEAD_HOME": str(database.home),
        "DATABASE_URL": database.url,
        "FLASK_CONFIG": "testing",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    command = [sys.executable, "-m", "masthead", "serve", "--port", str(free_port())]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=tmp_path, env=without_settings(os.environ) | settings, stdout=log, stderr=log
        )
    try:
        assert wait_for_done(app, job_id) == JobState.DONE, (tmp_path / "log").read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(90) == 0
