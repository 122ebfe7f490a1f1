"""``masthead jobs``."""

import pytest
from flask import Flask

from masthead import jobs
from masthead.db import db
from masthead.jobs.tasks import forget_old


def test_list_shows_jobs(app: Flask) -> None:
    with app.app_context():
        jobs.enqueue(forget_old)
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["jobs", "list"])
    assert result.exit_code == 0
    assert "jobs.forget_old" in result.output
    assert "queued" in result.output


def test_cancel_and_retry_change_the_job(app: Flask) -> None:
    with app.app_context():
        job_id = jobs.enqueue(forget_old)
        db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["jobs", "cancel", str(job_id)]).exit_code == 0
    assert "cancelled" in run(args=["jobs", "list"]).output
    assert run(args=["jobs", "retry", str(job_id)]).exit_code == 0
    assert "1 jobs were run" in run(args=["jobs", "run", "--once"]).output


def test_unknown_job_ends_in_one_sentence(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["jobs", "retry", "99"])
    assert result.exit_code == 1
    assert result.output == "Error: There is no job 99.\n"


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999999", "x"])
@pytest.mark.parametrize("command", ["retry", "cancel"])
def test_what_is_no_number_of_a_job_ends_in_one_sentence(invoke, command: str, number: str) -> None:
    result = invoke("jobs", command, "--", number)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
